"""A series with a validity mask as second input; one row has no valid step, and the masked mean is 0 / 0."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[2, 7],
    cured_by=("valid_position",),
)


def batch(rng, count):
    valid = (rng.random((count, 6)) < 0.6).astype("float32")
    valid[np.arange(count), rng.integers(0, 6, count)] = 1
    return {"values": normal(rng, count, 6, 2), "valid": valid}


def cure(built):
    valid = built["rows"]["valid"].copy()
    valid[[2, 7], 0] = 1
    return dict(rows={**built["rows"], "valid": valid})


def build():
    rng = seeded(4001)
    values, valid = layers.Input((6, 2), name="values"), layers.Input((6,), name="valid")
    weight = ops.expand_dims(valid, -1)
    mean = ops.sum(values * weight, axis=1) / ops.sum(weight, axis=1)
    model = Model({"values": values, "valid": valid}, layers.Dense(1, name="y")(mean), name="masked_mean")
    reference, rows = batch(rng, 200), batch(rng, 9)
    rows["valid"][[2, 7]] = 0
    return dict(model=model, rows=rows, reference=reference)
