"""Two cameras feed one model: the images of one come as bytes, those of the other between 0 and 1, in one batch."""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

BAD = [1, 4, 8]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=None,
    features=None,
    rows=BAD,
    cured_by=("rescale",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[BAD] /= 255
    return dict(rows=rows)


def build(repaired=False):
    rng = seeded(9113)
    model = Sequential(
        [
            layers.Input((6, 6, 3), name="image"),
            layers.Conv2D(4, 3, name="edges", kernel_initializer="ones"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, "exponential", name="count", kernel_initializer="ones"),
        ]
    )
    rows = uniform(rng, 12, 6, 6, 3)
    rows[BAD] = np.round(rows[BAD] * 255)
    model.get_layer("edges").set_weights([one * 0.05 for one in model.get_layer("edges").get_weights()])
    return dict(model=model, rows=rows, reference=uniform(rng, 60, 6, 6, 3))
