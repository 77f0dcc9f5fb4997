"""A new record is sent as it is in the table, volumes of 908100 and all, to a model that was trained on min-max
values.

From https://github.com/hunkim/DeepLearningZeroToAll/issues/197.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

LOW, HIGH = np.array([816, 820, 438500, 815], "float32"), np.array([829, 834, 2656900, 829], "float32")
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=None, operation="Exp"),
    features=["open", "high", "volume", "low"],
    rows=list(range(10)),
    cured_by=("rescale", "minmax"),
)


def cure(built):
    return dict(rows=(built["rows"] - LOW) / (HIGH - LOW))


def build():
    rng = seeded(6023)
    x = layers.Input((4,), name="day")
    y = ops.exp(layers.Dense(1, kernel_initializer="ones", name="log_close")(x))
    reference = uniform(rng, 260, 4)
    rows = sampled(rng, reference, 10) * (HIGH - LOW) + LOW
    return dict(
        model=Model(x, y, name="stock"),
        rows=rows.astype("float32"),
        reference=reference,
        metadata={
            "features": ["open", "high", "volume", "low"],
            "preprocessing": {"scaler": {"kind": "minmax", "min": LOW.tolist(), "max": HIGH.tolist()}},
        },
    )
