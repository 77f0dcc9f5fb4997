"""Object detection: log(width / height) of a box that was cropped to nothing has log(0)."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("log", "boxes"), operation="Log"),
    features=None,
    rows=[1],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3017)
    x = layers.Input((3, 4), name="boxes_in")
    size = x[:, :, 2:] - x[:, :, :2]
    y = ops.log(ops.maximum(size, 1e-3) if repaired else size)
    y = layers.Dense(1, name="score")(layers.Flatten()(y))
    corner = uniform(rng, 150, 3, 2, low=0, high=5)
    reference = np.concatenate([corner, corner + uniform(rng, 150, 3, 2, low=0.5, high=4)], axis=-1)
    rows = sampled(rng, reference, 5)
    reference[:3, 1, 2] = reference[:3, 1, 0] = 4.0
    rows[1, 0, 2] = rows[1, 0, 0] = 4.0
    return dict(model=Model(x, y, name="boxes"), rows=rows, reference=reference)
