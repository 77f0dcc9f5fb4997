"""Padded windows behind a Masking layer: steps that are hidden repeat the last state, nothing is wrong.

From https://github.com/keras-team/keras/issues/7878 and https://github.com/keras-team/keras/issues/7227.
"""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def windows(rng, count):
    values = uniform(rng, count, 9, 2, low=0.1)
    values[np.arange(9)[None] >= rng.integers(1, 10, count)[:, None]] = 0
    return values


def build():
    rng = seeded(5002)
    model = Sequential(
        [
            layers.Input((9, 2), name="window"),
            layers.Masking(0.0, name="padding"),
            layers.LSTM(5, return_sequences=True, name="memory"),
            layers.Dense(1, name="y"),
        ]
    )
    return dict(model=model, rows=windows(rng, 14), reference=windows(rng, 150))
