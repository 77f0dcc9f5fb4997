"""One pixel of a drawing is NaN after a resize; a relu hides it."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

BAD = [1, 3]
CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(461)
    model = Sequential(
        [
            layers.Input((10, 10, 1), name="sketch"),
            layers.Conv2D(4, 3, activation="relu", name="lines"),
            layers.Flatten(),
            layers.Dense(3, "softmax", name="animal"),
        ]
    )
    reference = uniform(rng, 100, 10, 10, 1)
    rows = sampled(rng, reference, 6)
    rows[1, 5, 5, 0] = rows[3, 2, 7, 0] = np.nan
    return dict(model=model, rows=rows, reference=reference)
