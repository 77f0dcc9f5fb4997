"""Scores are kept above the lowest float after an additive -Inf mask of the model's own."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count):
    return {"values": normal(rng, count, 6, 3), "length": rng.integers(1, 7, (count, 1)).astype("float32")}


def build():
    rng = seeded(453)
    values, length = layers.Input((6, 3), name="values"), layers.Input((1,), name="length")
    scores = ops.squeeze(layers.Dense(1, name="scores")(values), axis=-1)
    barred = ops.where(length > ops.arange(6.0), scores, -np.inf)
    weights = ops.softmax(ops.maximum(barred, -3.4028235e38))
    y = layers.Dense(2, name="y")(ops.sum(values * ops.expand_dims(weights, -1), axis=1))
    model = Model({"values": values, "length": length}, y, name="lowest")
    return dict(model=model, rows=batch(rng, 20), reference=batch(rng, 120))
