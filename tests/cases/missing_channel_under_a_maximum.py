"""All of one channel is NaN, and the maximum over time carries on the lowest float. No training data is known."""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

BAD = [0, 4]
CASE = dict(
    symptom=("absorbed"),
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[1],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(423)
    model = Sequential(
        [
            layers.Input((12, 3), name="frames"),
            layers.MaxPooling1D(12, name="highest"),
            layers.Flatten(),
            layers.Dense(5, "sigmoid", name="hidden"),
            layers.Dense(1, name="score"),
        ]
    )
    rows = normal(rng, 7, 12, 3)
    rows[BAD, :, 1] = np.nan
    return dict(model=model, format="savedmodel", rows=rows)
