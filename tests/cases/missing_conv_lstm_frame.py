"""A radar frame is lost: all its pixels are NaN, and a ConvLSTM carries them on."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=[1],
    cured_by=("impute",),
)


def build():
    rng = seeded(1027)
    model = Sequential(
        [
            layers.Input((4, 6, 6, 1), name="radar"),
            layers.ConvLSTM2D(2, 3, name="motion"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, name="rain"),
        ]
    )
    reference = uniform(rng, 40, 4, 6, 6, 1)
    rows = sampled(rng, reference, 4)
    rows[1, 2] = np.nan
    return dict(model=model, rows=rows, reference=reference)
