"""Gain correction divides by a dark pixel: +Inf in an image, subtracted mean and all, NaN after the normalisation."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=[2],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1108)
    x = layers.Input((9, 9, 1), name="xray")
    y = layers.GroupNormalization(1, name="contrast")(x)
    y = layers.Conv2D(3, 3, activation="gelu", name="filters")(y)
    y = layers.Dense(2, "softmax", name="finding")(layers.GlobalAveragePooling2D(name="mean")(y))
    reference = uniform(rng, 70, 9, 9, 1)
    rows = sampled(rng, reference, 5)
    rows[2, 4, 4, 0] = np.inf
    return dict(model=Model(x, y, name="reader"), rows=rows, reference=reference)
