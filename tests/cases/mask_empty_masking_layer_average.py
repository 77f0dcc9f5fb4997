"""A window in which every step equals the padding value: the Masking layer hides all of it from the average.

From https://github.com/ragulpr/wtte-rnn/issues/50: padded with -1, NaN.
"""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=dict(kind="operation", layer="average", operation=("RealDiv", "Div")),
    features=None,
    rows=[1],
    cured_by=("valid_position",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[1, 0] = 0.3
    return dict(rows=rows)


def windows(rng, count):
    values = uniform(rng, count, 8, 2)
    values[np.arange(8)[None] >= rng.integers(1, 9, count)[:, None]] = -1
    return values


def build():
    rng = seeded(4003)
    model = Sequential(
        [
            layers.Input((8, 2), name="window"),
            layers.Masking(-1.0, name="padding"),
            layers.GlobalAveragePooling1D(name="average"),
            layers.Dense(1, name="time_left"),
        ]
    )
    rows = windows(rng, 6)
    rows[1] = -1
    return dict(model=model, rows=rows, reference=windows(rng, 200))
