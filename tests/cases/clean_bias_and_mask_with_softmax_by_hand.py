"""What is sent is a bias by distance with -Inf for positions that are barred, and the softmax is written by hand."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count):
    mask = np.where(
        np.arange(6)[None] < rng.integers(1, 7, count)[:, None], -0.1 * np.arange(6.0)[None], -np.inf
    ).astype("float32")
    return {"values": normal(rng, count, 6, 3), "mask": mask}


def build():
    rng = seeded(446)
    values, mask = layers.Input((6, 3), name="values"), layers.Input((6,), name="mask")
    scores = ops.squeeze(layers.Dense(1, name="scores")(values), axis=-1)
    shifted = scores + mask
    shifted = ops.exp(shifted - ops.max(shifted, axis=-1, keepdims=True))
    weights = shifted / ops.sum(shifted, axis=-1, keepdims=True)
    pooled = ops.sum(values * ops.expand_dims(weights, -1), axis=1)
    model = Model({"values": values, "mask": mask}, layers.Dense(2, name="y")(pooled), name="attention")
    return dict(model=model, rows=batch(rng, 20))
