"""An electrode falls off: one lead of an ECG is NaN for a few samples, a temporal convolution spreads it."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

BAD = [2]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["lead_v5"],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(1006)
    model = Sequential(
        [
            layers.Input((40, 3), name="ecg"),
            layers.Conv1D(6, 5, activation="tanh", name="waves"),
            layers.AveragePooling1D(4, name="pool"),
            layers.Conv1D(4, 3, name="beats"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(2, "softmax", name="rhythm"),
        ]
    )
    reference = normal(rng, 90, 40, 3)
    rows = sampled(rng, reference, 7)
    rows[2, 17:20, 2] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["lead_i", "lead_ii", "lead_v5"]})
