"""Half of the callers upgraded and send raw values, the others still scale: only rows of the new client fail."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

RAW = [1, 3, 4, 8, 11]
MEAN, SCALE = np.array([30, 5000, 70], "float32"), np.array([10, 1500, 15], "float32")
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("softplus_by_hand", "exp", "scores"), operation="Exp"),
    features=None,
    rows=RAW,
    cured_by=("rescale", "standardize"),
)


def cure(built):
    rows = built["rows"].copy()
    rows[RAW] = (rows[RAW] - MEAN) / SCALE
    return dict(rows=rows)


def build():
    rng = seeded(1208)
    x = layers.Input((3,), name="member")
    logits = layers.Dense(2, kernel_initializer="ones", name="logits")(x)
    y = ops.log(1.0 + ops.exp(logits))
    reference = normal(rng, 300, 3)
    rows = sampled(rng, reference, 13)
    rows[RAW] = rows[RAW] * SCALE + MEAN
    return dict(
        model=Model(x, y, name="scores"),
        rows=rows.astype("float32"),
        reference=reference,
        metadata={
            "features": ["age", "salary", "weight"],
            "preprocessing": {"scaler": {"kind": "standard", "mean": MEAN.tolist(), "scale": SCALE.tolist()}},
        },
    )
