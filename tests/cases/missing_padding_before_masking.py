"""Windows that were padded with NaN, in front of a Masking layer that skips -1. In one a cell is missing, too."""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0, 1],
    rows=[1, 3, 4],
    cured_by=("impute",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[1, 5:] = rows[3, :2] = rows[4, 6:] = -1
    rows[4, 2, 0] = 0.5
    return dict(rows=rows)


def build():
    rng = seeded(6121)
    model = Sequential(
        [
            layers.Input((8, 2), name="window"),
            layers.Masking(-1.0, name="padding"),
            layers.LSTM(4, name="memory"),
            layers.Dense(1, name="time_left"),
        ]
    )
    reference = uniform(rng, 200, 8, 2)
    reference[np.arange(8)[None] >= rng.integers(3, 9, 200)[:, None]] = -1
    rows = uniform(rng, 6, 8, 2)
    rows[1, 5:] = rows[3, :2] = rows[4, 6:] = np.nan
    rows[4, 2, 0] = np.nan
    return dict(model=model, rows=rows, reference=reference)
