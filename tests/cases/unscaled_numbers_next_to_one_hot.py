"""Numbers are raw, the one-hot columns next to them are as always: only the numbers were scaled in training."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

MEAN, SCALE = np.array([40, 30000, 0, 0, 0], "float32"), np.array([12, 9000, 1, 1, 1], "float32")
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("rate", "policies"), operation="Exp"),
    features=["age", "income"],
    rows=list(range(12)),
    cured_by=("rescale", "standardize"),
)


def cure(built):
    return dict(rows=(built["rows"] - MEAN) / SCALE)


def build():
    rng = seeded(7025)
    x = layers.Input((5,), name="person")
    y = layers.Dense(1, "exponential", kernel_initializer="ones", name="rate")(x)
    reference = np.hstack([normal(rng, 280, 2), np.eye(3, dtype="float32")[rng.integers(0, 3, 280)]])
    rows = (sampled(rng, reference, 12) * SCALE + MEAN).astype("float32")
    return dict(
        model=Model(x, y, name="policies"),
        rows=rows,
        reference=reference,
        metadata={
            "features": ["age", "income", "north", "south", "west"],
            "preprocessing": {"scaler": {"kind": "standard", "mean": MEAN.tolist(), "scale": SCALE.tolist()}},
        },
    )
