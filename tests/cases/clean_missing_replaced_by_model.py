"""The model itself replaces NaN by a trained mean and adds a flag: missing values are an ordinary input of it."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5008)
    x = layers.Input((4,), name="form")
    gone = ops.isnan(x)
    filled = ops.where(gone, ops.zeros_like(x) + 0.25, x)
    y = layers.Dense(6, "tanh", name="hidden")(layers.Concatenate()([filled, ops.cast(gone, "float32")]))
    reference = normal(rng, 300, 4)
    reference[rng.random((300, 4)) < 0.15] = np.nan
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="robust"),
        rows=sampled(rng, reference, 24),
        reference=reference,
    )
