"""Windows of a load forecast, raw megawatts instead of standardised ones, run through cosh."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

MEAN, SCALE = np.array([900.0, 20.0], "float32"), np.array([150.0, 8.0], "float32")
CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("cosh", "load"), operation="Cosh"),
    features=None,
    rows=list(range(9)),
    cured_by=("rescale", "standardize"),
)


def cure(built):
    return dict(rows=(built["rows"] - MEAN) / SCALE)


def build():
    rng = seeded(1207)
    x = layers.Input((6, 2), name="hours")
    y = ops.cosh(layers.Conv1D(2, 2, kernel_initializer="ones", name="pairs")(x))
    y = layers.Dense(1, name="tomorrow")(layers.GlobalAveragePooling1D(name="mean")(y))
    reference = normal(rng, 200, 6, 2)
    rows = (sampled(rng, reference, 9) * SCALE + MEAN).astype("float32")
    return dict(
        model=Model(x, y, name="load"),
        rows=rows,
        reference=reference,
        metadata={
            "features": ["megawatt", "degrees"],
            "preprocessing": {"scaler": {"kind": "standard", "mean": MEAN.tolist(), "scale": SCALE.tolist()}},
        },
    )
