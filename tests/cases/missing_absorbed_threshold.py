"""A rule inside the model, `income > limit`: NaN compares as false, and the applicant lands in the wrong branch."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["income"],
    rows=[3, 7],
    cured_by=("impute",),
)


def build():
    rng = seeded(1015)
    x = layers.Input((3,), name="applicant")
    rich = ops.cast(x[:, 1:2] > -1.0, "float32")
    base = layers.Dense(1, name="base")(layers.Dense(4, "tanh", name="others")(ops.take(x, [0, 2], axis=1)))
    model = Model(x, base + 2.0 * rich, name="limit")
    reference = normal(rng, 240, 3)
    rows = sampled(rng, reference, 10)
    rows[[3, 7], 1] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["age", "income", "debt"]})
