"""A padding mask that hides whole query positions: their softmax is over very negative numbers and stays finite."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count):
    return {
        "x": normal(rng, count, 6, 4),
        "valid": (np.arange(6)[None] < rng.integers(1, 7, count)[:, None]).astype("float32"),
    }


def build():
    rng = seeded(5007)
    x, valid = layers.Input((6, 4), name="x"), layers.Input((6,), name="valid")
    mask = ops.expand_dims(valid, 1) * ops.expand_dims(valid, 2)
    y = layers.MultiHeadAttention(2, 3, name="attend")(x, x, attention_mask=ops.cast(mask, "bool"))
    y = layers.Dense(2, name="y")(ops.sum(y * ops.expand_dims(valid, -1), axis=1))
    return dict(model=Model({"x": x, "valid": valid}, y, name="padded"), rows=batch(rng, 11), reference=batch(rng, 150))
