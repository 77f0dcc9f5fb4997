"""Multi-head attention for a row whose positions are all masked: uniform weights, feared by many, and finite."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count):
    return {
        "x": normal(rng, count, 4, 3),
        "valid": (np.arange(4)[None] < rng.integers(0, 5, count)[:, None]).astype("float32"),
    }


def build():
    rng = seeded(7029)
    x, valid = layers.Input((4, 3), name="x"), layers.Input((4,), name="valid")
    mask = ops.cast(ops.expand_dims(valid, 1), "bool")
    y = layers.MultiHeadAttention(1, 3, name="attend")(x, x, attention_mask=mask)
    y = layers.Dense(1, name="y")(layers.GlobalAveragePooling1D(name="mean")(y))
    rows = batch(rng, 8)
    rows["valid"][3] = 0
    return dict(model=Model({"x": x, "valid": valid}, y, name="masked"), rows=rows, reference=batch(rng, 160))
