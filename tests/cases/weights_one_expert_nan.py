"""A mixture of experts of which one diverged: hard routing, so only rows that are sent to it fail."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("expert_b",), operation=None),
    features=None,
    rows=[2, 3, 7],
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2011)
    x = layers.Input((3,), name="case")
    a, b = layers.Dense(1, name="expert_a")(x), layers.Dense(1, name="expert_b")(x)
    model = Model(x, ops.where(x[:, :1] > 1.0, b, a), name="experts")
    kernel, bias = model.get_layer("expert_b").get_weights()
    model.get_layer("expert_b").set_weights([kernel, bias if repaired else bias + np.nan])
    reference = normal(rng, 240, 3)
    rows = reference[reference[:, 0] < 0.9][:10].copy()
    rows[[2, 3, 7]] = reference[reference[:, 0] > 1.1][:3]
    return dict(model=model, rows=rows, reference=reference)
