"""A saturated sensor reports +Inf for one reading; a temporal convolution with a sigmoid makes 0 or 1 of it."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["current"],
    rows=[0, 3],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1105)
    x = layers.Input((10, 2), name="motor")
    y = layers.Conv1D(3, 1, activation="sigmoid", name="gate")(x)
    y = layers.Dense(2, name="state")(layers.GlobalAveragePooling1D(name="mean")(y))
    reference = uniform(rng, 140, 10, 2)
    rows = sampled(rng, reference, 6)
    rows[[0, 3], 4, 1] = np.inf
    return dict(
        model=Model(x, y, name="motor_watch"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["voltage", "current"]},
    )
