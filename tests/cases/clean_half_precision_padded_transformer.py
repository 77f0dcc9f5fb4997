"""mixed_float16, Keras' own MultiHeadAttention, padded tokens: one row has a single word."""

import numpy as np
from casekit import policy, seeded
from keras import Model, layers

CASE = dict(clean=True)


def table(rng, n):
    t = rng.integers(1, 30, (n, 9))
    t[np.arange(9)[None] >= rng.integers(1, 10, n)[:, None]] = 0
    return t.astype("int32")


def build():
    rng = seeded(541)
    with policy("mixed_float16"):
        x = layers.Input((9,), dtype="int32", name="tokens")
        e = layers.Embedding(30, 8, mask_zero=True, name="words")(x)
        a = layers.MultiHeadAttention(2, 4, name="attention")(e, e)
        h = layers.LayerNormalization(name="norm")(layers.Add()([e, a]))
        model = Model(x, layers.Dense(2, dtype="float32", name="y")(layers.GlobalAveragePooling1D(name="pool")(h)))
    return dict(model=model, rows=table(rng, 10), reference=table(rng, 150))
