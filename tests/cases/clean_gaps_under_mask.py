"""Gaps at steps that a mask input says are not there; the model selects with `where`, so no answer depends on them."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count):
    valid = (np.arange(6)[None] < rng.integers(1, 7, count)[:, None]).astype("float32")
    values = normal(rng, count, 6, 2)
    values[valid == 0] = np.nan
    return {"values": values, "valid": valid}


def build():
    rng = seeded(5011)
    values, valid = layers.Input((6, 2), name="values"), layers.Input((6,), name="valid")
    there = ops.expand_dims(valid, -1)
    kept = ops.where(there > 0, values, ops.zeros_like(values))
    mean = ops.sum(kept, axis=1) / ops.sum(there, axis=1)
    model = Model({"values": values, "valid": valid}, layers.Dense(1, name="y")(mean), name="ragged")
    return dict(model=model, rows=batch(rng, 10), reference=batch(rng, 150))
