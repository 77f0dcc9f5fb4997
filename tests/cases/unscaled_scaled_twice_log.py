"""Rows are standardised by the client and once more by the gateway: a log(x + shift) leaves its domain."""

import numpy as np
from casekit import sampled, seeded
from keras import Model, layers, ops

MEAN, SCALE = 100.0, 10.0
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("log", "demand"), operation="Log"),
    features=None,
    rows=list(range(10)),
    cured_by=("rescale", "standardize"),
)


def cure(built):
    return dict(rows=built["rows"] * SCALE + MEAN)


def build():
    rng = seeded(1204)
    x = layers.Input((3,), name="raw")
    y = layers.Dense(4, "tanh", name="hidden")(ops.log(x))
    reference = np.clip(rng.normal(MEAN, SCALE, (300, 3)), 60, 140).astype("float32")
    rows = (np.clip(sampled(rng, reference, 10), 62, 96) - MEAN) / SCALE
    return dict(
        model=Model(x, layers.Dense(1, name="sold")(y), name="demand"),
        rows=rows.astype("float32"),
        reference=reference,
        metadata={"preprocessing": {"scaler": {"kind": "standard", "mean": [MEAN] * 3, "scale": [SCALE] * 3}}},
    )
