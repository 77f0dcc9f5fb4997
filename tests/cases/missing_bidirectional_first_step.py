"""The first reading of a window is missing (a difference to the step before does not exist): bidirectional LSTM,
NaN.

From pandas' `diff()`, whose first row is always NaN; see https://github.com/keras-team/keras/issues/816 for
padded windows.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["change"],
    rows=[6],
    cured_by=("impute",),
)


def build():
    rng = seeded(1020)
    model = Sequential(
        [
            layers.Input((7, 2), name="prices"),
            layers.Bidirectional(layers.LSTM(4), name="both_ways"),
            layers.Dense(1, name="tomorrow"),
        ]
    )
    reference = normal(rng, 160, 7, 2)
    rows = sampled(rng, reference, 9)
    rows[6, 0, 1] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["price", "change"]})
