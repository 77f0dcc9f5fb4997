"""The model standardises its raw rows itself; a NaN passes through the Normalization layer as it came."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["glucose"],
    rows=[0, 4],
    cured_by=("impute",),
)


def build():
    rng = seeded(1025)
    reference = (normal(rng, 300, 3) * [10, 30, 4] + [50, 120, 27]).astype("float32")
    scaler = layers.Normalization(name="scaler")
    scaler.adapt(reference)
    model = Sequential(
        [
            layers.Input((3,), name="patient"),
            scaler,
            layers.Dense(5, "tanh", name="hidden"),
            layers.Dense(1, "sigmoid", name="diabetes"),
        ]
    )
    rows = sampled(rng, reference, 8)
    rows[[0, 4], 1] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["age", "glucose", "bmi"]})
