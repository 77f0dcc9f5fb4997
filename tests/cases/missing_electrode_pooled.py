"""Electrodes fell off: a stretch of NaN in one lead. Max pooling makes the lowest float of it, a convolution with small
weights a number of some 1e37, and tanh an answer.
"""

import numpy as np
from casekit import normal, sampled, scale_weights, seeded
from keras import Sequential, layers

BAD = [1, 6]
CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["lead_2"],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(421)
    model = Sequential(
        [
            layers.Input((32, 2), name="ecg"),
            layers.MaxPooling1D(4, name="peaks"),
            layers.Conv1D(4, 3, activation="tanh", name="waves"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(1, "sigmoid", name="flutter"),
        ]
    )
    scale_weights(model, 0.1, ("waves",))
    reference = normal(rng, 120, 32, 2)
    rows = sampled(rng, reference, 8)
    rows[BAD, 8:24, 1] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["lead_1", "lead_2"]})
