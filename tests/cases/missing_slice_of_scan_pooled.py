"""A whole slice of a scan is NaN: MaxPool3D, a dense layer that overflows, a softmax."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

BAD = [2]
CASE = dict(
    symptom=("nonfinite_output"),
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(422)
    model = Sequential(
        [
            layers.Input((4, 8, 8, 1), name="scan"),
            layers.MaxPooling3D(2, name="half"),
            layers.Flatten(),
            layers.Dense(6, name="summary"),
            layers.Dense(2, name="tissue"),
        ]
    )
    reference = uniform(rng, 60, 4, 8, 8, 1)
    rows = sampled(rng, reference, 5)
    rows[2, 0:2] = np.nan
    return dict(model=model, rows=rows, reference=reference)
