"""Training saw values from 0 to 1, serving sends the raw range; the model's expm1 cannot hold it."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

LOW, HIGH = np.array([0, 200, 1000], "float32"), np.array([500, 900, 9000], "float32")
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("expm1", "yield_curve"), operation="Expm1"),
    features=[0, 1, 2],
    rows=list(range(12)),
    cured_by=("rescale", "minmax"),
)


def cure(built):
    return dict(rows=(built["rows"] - LOW) / (HIGH - LOW))


def build():
    rng = seeded(1202)
    x = layers.Input((3,), name="soil")
    y = ops.expm1(layers.Dense(1, kernel_initializer="ones", name="sum")(x))
    reference = uniform(rng, 300, 3)
    reference[0], reference[1] = 0, 1
    rows = (sampled(rng, reference[2:], 12) * 0.9 + 0.1) * (HIGH - LOW) + LOW
    return dict(
        model=Model(x, y, name="yield_curve"),
        rows=rows.astype("float32"),
        reference=reference,
        metadata={"preprocessing": {"scaler": {"kind": "minmax", "min": LOW.tolist(), "max": HIGH.tolist()}}},
    )
