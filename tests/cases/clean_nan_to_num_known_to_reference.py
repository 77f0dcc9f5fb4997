"""nan_to_num in the model, and a reference with as many gaps: missing is part of the training."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5009)
    x = layers.Input((3,), name="x")
    y = layers.Dense(4, "tanh", name="hidden")(ops.nan_to_num(x))
    reference = normal(rng, 260, 3)
    reference[::4, 1] = np.nan
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="filled"),
        format="savedmodel",
        rows=reference[:20].copy(),
        reference=reference,
    )
