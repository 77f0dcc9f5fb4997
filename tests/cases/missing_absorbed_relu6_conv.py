"""NaN pixels and a convolution fused with ReLU6: the served class is finite and made up."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["near_infrared"],
    rows=[0, 3],
    cured_by=("impute",),
)


def build():
    rng = seeded(1013)
    model = Sequential(
        [
            layers.Input((8, 8, 2), name="tile"),
            layers.Conv2D(6, 3, activation="relu6", name="texture"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, "softmax", name="crop"),
        ]
    )
    reference = uniform(rng, 100, 8, 8, 2)
    rows = sampled(rng, reference, 5)
    rows[0, 2:6, 2:6, 1] = np.nan
    rows[3, :, :, 1] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["red", "near_infrared"]})
