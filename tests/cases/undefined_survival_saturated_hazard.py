"""Discrete-time survival: log S(t) = sum log(1 - sigmoid(x)).

Sigmoid is exactly 1.0 in float32 beyond 17, and log(0) is -Inf: the answer is a log-probability of -Inf.
"""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Log", "Log1p")),
    features=None,
    rows=[2, 3, 8],
    cured_by=("guard_operation", "epsilon", "clip_domain", "stable_formula", "float64"),
)


def build(repaired=False):
    rng = seeded(514)
    x = layers.Input((10, 3), name="visits")
    z = layers.TimeDistributed(layers.Dense(1), name="per_visit")(x)
    log_s = -ops.softplus(z) if repaired else ops.log(1.0 - ops.sigmoid(z))
    model = Model(x, ops.sum(log_s, axis=1), name="survival")
    model.get_layer("per_visit").set_weights([np.full((3, 1), 2.2, "float32"), np.zeros(1, "float32")])
    reference, rows = normal(rng, 200, 10, 3), normal(rng, 10, 10, 3, limit=1.5)
    reference[:3, 4] = 3.0
    for r, t in ((2, 5), (3, 0), (8, 9)):
        rows[r, t] = 2.9
    return dict(model=model, rows=rows, reference=reference)
