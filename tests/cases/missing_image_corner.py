"""A camera tile arrives half decoded: NaN in the corner of one image, in every channel."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0, 1, 2],
    rows=[4],
    cured_by=("impute",),
)


def build():
    rng = seeded(1011)
    model = Sequential(
        [
            layers.Input((10, 10, 3), name="photo"),
            layers.Conv2D(5, 3, strides=2, activation="elu", name="edges"),
            layers.DepthwiseConv2D(3, padding="same", name="depth"),
            layers.Flatten(),
            layers.Dense(3, "softmax", name="species"),
        ]
    )
    reference = uniform(rng, 80, 10, 10, 3)
    rows = sampled(rng, reference, 6)
    rows[4, :3, :3] = np.nan
    return dict(model=model, rows=rows, reference=reference)
