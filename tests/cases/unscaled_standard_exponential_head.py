"""The serving job forgot the StandardScaler: a Poisson head, exp(linear), overflows on raw ages and incomes."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

NAMES = ["age", "income", "kilometres"]
MEAN, SCALE = np.array([45, 40000, 12000], "float32"), np.array([12, 15000, 5000], "float32")
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("count", "claims"), operation="Exp"),
    features=NAMES,
    rows=list(range(14)),
    cured_by=("rescale", "standardize"),
)


def cure(built):
    return dict(rows=(built["rows"] - MEAN) / SCALE)


def build():
    rng = seeded(1201)
    x = layers.Input((3,), name="driver")
    model = Model(x, layers.Dense(1, "exponential", kernel_initializer="ones", name="count")(x), name="claims")
    reference = normal(rng, 300, 3)
    rows = (sampled(rng, reference, 14) * SCALE + MEAN).astype("float32")
    return dict(
        model=model,
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={
            "features": NAMES,
            "preprocessing": {"scaler": {"kind": "standard", "mean": MEAN.tolist(), "scale": SCALE.tolist()}},
        },
    )
