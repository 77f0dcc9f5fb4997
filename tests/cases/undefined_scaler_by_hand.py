"""(x - min) / (max - min) of each row inside the model: a row whose values are all equal divides 0 by 0."""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "scaled"), operation=("RealDiv", "Div")),
    features=None,
    rows=[2],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3011)
    x = layers.Input((5,), name="levels")
    low, high = ops.min(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)
    width = high - low
    y = (x - low) / (ops.maximum(width, 1e-3) if repaired else width)
    reference = rng.integers(0, 6, (260, 5)).astype("float32")
    rows = reference[np.ptp(reference, axis=1) > 0][:7].copy()
    reference[:4] = 3
    rows[2] = 3
    return dict(model=Model(x, layers.Dense(1, name="y")(y), name="scaled"), rows=rows, reference=reference)
