"""The squash of a capsule network divides by the length of a capsule: one that is all off has length 0.

From https://github.com/jindongwang/Pytorch-CapsuleNet/issues/7 and
https://github.com/ageron/handson-ml/issues/173.
"""

import numpy as np
from casekit import normal, sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "capsules"), operation=("RealDiv", "Div")),
    features=None,
    rows=[0, 3],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6007)
    x = layers.Input((3, 4), name="capsules_in")
    squared = ops.sum(ops.square(x), axis=-1, keepdims=True)
    length = ops.sqrt(squared + 1e-7 if repaired else squared)
    y = squared / (1.0 + squared) * x / length
    y = layers.Dense(2, name="digit")(layers.Flatten()(y))
    reference = np.maximum(normal(rng, 150, 3, 4), 0) + uniform(rng, 150, 3, 4, high=0.1)
    rows = sampled(rng, reference, 6)
    reference[:3, 1] = 0
    rows[0, 2] = rows[3, 0] = 0
    return dict(model=Model(x, y, name="capsules"), rows=rows, reference=reference)
