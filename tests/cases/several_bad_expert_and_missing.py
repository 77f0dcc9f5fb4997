"""One expert of two has a NaN weight, and a row for the sound expert lacks a cell."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    incidents=[
        dict(
            symptom="nonfinite_output",
            cause="weights_nonfinite",
            origin=dict(kind="weight", layer="expert_b", operation=None),
            features=None,
            rows=[1, 2],
            cured_by=("repair_weights", "replace_weights", "retrain"),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["c"],
            rows=[6],
            cured_by=("impute",),
        ),
    ]
)


def build(repaired=False):
    rng = seeded(4304)
    x = layers.Input((3,), name="case")
    a, b = layers.Dense(1, name="expert_a")(x), layers.Dense(1, name="expert_b")(x)
    model = Model(x, ops.where(x[:, :1] > 1.0, b, a), name="experts")
    kernel, bias = model.get_layer("expert_b").get_weights()
    model.get_layer("expert_b").set_weights([kernel, bias if repaired else bias + np.nan])
    reference = normal(rng, 240, 3)
    rows = reference[reference[:, 0] < 0.9][:9].copy()
    rows[[1, 2]] = reference[reference[:, 0] > 1.1][:2]
    rows[6, 2] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["a", "b", "c"]})


def cure(built):
    return dict(rows=np.nan_to_num(built["rows"]))
