"""A detector's score is the mean over its valid boxes; an image without any box has none."""

import numpy as np
from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[0],
    cured_by=("valid_position",),
)


def cure(built):
    boxes = built["rows"].copy()
    boxes[0, 0] = [0.4, 0.2, 0.5, 1.0]
    return dict(rows=boxes)


def boxes(rng, count):
    drawn = uniform(rng, count, 5, 4)
    drawn[..., 3] = np.arange(5)[None] < rng.integers(1, 6, count)[:, None]
    drawn[drawn[..., 3] == 0] = 0
    return drawn


def build():
    rng = seeded(4006)
    x = layers.Input((5, 4), name="boxes")
    valid = x[:, :, 3:]
    mean = ops.sum(x[:, :, :3] * valid, axis=1) / ops.sum(valid, axis=1)
    rows = boxes(rng, 7)
    rows[0] = 0
    return dict(
        model=Model(x, layers.Dense(1, name="score")(mean), name="set_of_boxes"), rows=rows, reference=boxes(rng, 200)
    )
