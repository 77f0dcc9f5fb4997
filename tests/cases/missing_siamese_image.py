"""One of two images of a pair could not be read: the loader hands over NaN for all of it."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["right"],
    rows=[2],
    cured_by=("impute",),
)


def build():
    rng = seeded(1031)
    left, right = layers.Input((6, 6, 1), name="left"), layers.Input((6, 6, 1), name="right")
    eye = Sequential(
        [
            layers.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="tanh", name="look"),
            layers.GlobalAveragePooling2D(name="mean"),
        ],
        name="eye",
    )
    y = layers.Dense(1, "sigmoid", name="same")(layers.Subtract(name="gap")([eye(left), eye(right)]))
    reference = {"left": uniform(rng, 70, 6, 6, 1), "right": uniform(rng, 70, 6, 6, 1)}
    rows = sampled(rng, reference, 5)
    rows["right"][2] = np.nan
    return dict(model=Model({"left": left, "right": right}, y, name="siamese"), rows=rows, reference=reference)
