"""A window of padding only into a masked LSTM: its state stays zero. Finite, defined, no incident.

From https://github.com/keras-team/keras/issues/7125: NaN was feared there from variable lengths.
"""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def texts(rng, count):
    tokens = rng.integers(1, 30, (count, 6))
    tokens[np.arange(6)[None] >= rng.integers(0, 7, count)[:, None]] = 0
    return tokens.astype("int32")


def build():
    rng = seeded(5003)
    model = Sequential(
        [
            layers.Input((6,), dtype="int32", name="tokens"),
            layers.Embedding(30, 4, mask_zero=True, name="words"),
            layers.LSTM(4, name="memory"),
            layers.Dense(1, "sigmoid", name="y"),
        ]
    )
    rows = texts(rng, 12)
    rows[3] = 0
    return dict(model=model, rows=rows, reference=texts(rng, 200))
