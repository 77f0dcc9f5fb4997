"""Stops of a bus line: one id is of a stop that was opened later, another is missing. Two reasons, one column."""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

BAD = [1, 5]
CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["stop"],
    rows=BAD,
    cured_by=None,
)


def cure(built):
    rows = built["rows"].copy()
    rows[BAD] = 3
    return dict(rows=rows)


def build(repaired=False):
    rng = seeded(9104)
    model = Sequential(
        [
            layers.Input((1,), name="stop"),
            layers.Embedding(25, 4, name="stop_vector"),
            layers.Flatten(),
            layers.Dense(1, name="minutes"),
        ]
    )
    rows = rng.integers(0, 25, (10, 1)).astype("float32")
    rows[1], rows[5] = 31, np.nan
    return dict(model=model, rows=rows, reference=rng.integers(0, 25, (200, 1)).astype("float32"))
