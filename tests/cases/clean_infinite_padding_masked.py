"""Positions behind the end of a series hold +Inf; the model replaces them before it reads anything."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count, padding):
    length = rng.integers(2, 9, count)
    valid = (np.arange(8)[None] < length[:, None]).astype("float32")
    return {
        "series": np.where(valid[..., None] > 0, normal(rng, count, 8, 2), padding).astype("float32"),
        "valid": valid,
    }


def build():
    rng = seeded(451)
    series, valid = layers.Input((8, 2), name="series"), layers.Input((8,), name="valid")
    known = ops.where(ops.expand_dims(valid, -1) > 0, series, 0.0)
    y = layers.Dense(1, name="y")(layers.GRU(4, name="memory")(known))
    model = Model({"series": series, "valid": valid}, y, name="padded")
    return dict(model=model, rows=batch(rng, 12, np.inf), reference=batch(rng, 100, 0.0))
