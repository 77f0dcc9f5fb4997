"""One infinite pixel in one frame: the gates of a ConvLSTM saturate, the forecast is finite."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=[1],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(7002)
    model = Sequential(
        [
            layers.Input((3, 5, 5, 1), name="frames"),
            layers.ConvLSTM2D(2, 2, name="motion"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, name="rain"),
        ]
    )
    reference = uniform(rng, 50, 3, 5, 5, 1)
    rows = sampled(rng, reference, 4)
    rows[1, 1, 2, 2, 0] = np.inf
    return dict(model=model, rows=rows, reference=reference)
