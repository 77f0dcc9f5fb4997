"""The kernel is at the edge: rows with a large norm overflow, the others still fit."""

import numpy as np
from casekit import scale_weights, seeded, uniform
from keras import Sequential, layers

BAD = [1, 6]
CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(kind="operation", layer="sum", operation="MatMul"),
    features=None,
    rows=BAD,
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2204)
    model = Sequential(
        [layers.Input((6,), name="x"), layers.Dense(1, use_bias=False, kernel_initializer="ones", name="sum")]
    )
    if not repaired:
        scale_weights(model, 1e38)
    reference = uniform(rng, 300, 6, low=-2, high=2)
    total = np.abs(reference.astype("float64").sum(1))
    partial = np.abs(np.cumsum(reference, axis=1)).max(1)
    rows = reference[partial < 2.2][:9].copy()
    rows[BAD] = reference[total > 4.5][:2]
    return dict(model=model, rows=rows, reference=reference)
