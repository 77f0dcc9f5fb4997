"""Tokens, an embedding and a bidirectional GRU, padded texts with at least one word."""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def texts(rng, count):
    tokens = rng.integers(1, 50, (count, 8))
    tokens[np.arange(8)[None] >= rng.integers(1, 9, count)[:, None]] = 0
    return tokens.astype("int32")


def build():
    rng = seeded(5045)
    model = Sequential(
        [
            layers.Input((8,), dtype="int32", name="tokens"),
            layers.Embedding(50, 5, mask_zero=True, name="words"),
            layers.Bidirectional(layers.GRU(3), name="both"),
            layers.Dense(2, "softmax", name="y"),
        ]
    )
    return dict(model=model, format="savedmodel", rows=texts(rng, 14), reference=texts(rng, 200))
