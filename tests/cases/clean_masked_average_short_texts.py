"""A masked average over texts of one word: divided by 1, never by 0.

From https://github.com/keras-team/keras/issues/3086, on what a mask does to later layers.
"""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def texts(rng, count):
    tokens = np.zeros((count, 6), "int32")
    tokens[:, 0] = rng.integers(1, 20, count)
    tokens[::2, 1] = rng.integers(1, 20, len(tokens[::2]))
    return tokens


def build():
    rng = seeded(5046)
    model = Sequential(
        [
            layers.Input((6,), dtype="int32", name="tokens"),
            layers.Embedding(20, 4, mask_zero=True, name="words"),
            layers.GlobalAveragePooling1D(name="average"),
            layers.Dense(1, name="y"),
        ]
    )
    return dict(model=model, rows=texts(rng, 12), reference=texts(rng, 150))
