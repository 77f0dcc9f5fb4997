"""The model subtracts the mean of the batch, so that one missing value spoils every row sent with it."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["b"],
    rows=list(range(7)),
    cured_by=("impute", "neighbours"),
)


def build():
    rng = seeded(462)
    x = layers.Input((3,), name="row")
    y = layers.Dense(1, name="y")(x - ops.mean(x, axis=0, keepdims=True))
    reference = normal(rng, 100, 3)
    rows = sampled(rng, reference, 7)
    rows[4, 1] = np.nan
    return dict(model=Model(x, y, name="centred"), rows=rows, reference=reference, metadata={"features": list("abc")})
