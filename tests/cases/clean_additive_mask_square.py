"""An additive mask of every pair of positions, with whole padded queries that nobody reads."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def batch(rng, count):
    causal = np.where(np.tril(np.ones((5, 5))) > 0, 0.0, -np.inf).astype("float32")
    return {"items": normal(rng, count, 5, 4), "bias": np.repeat(causal[None], count, axis=0)}


def build():
    rng = seeded(480)
    items, bias = layers.Input((5, 4), name="items"), layers.Input((5, 5), name="bias")
    query, key = layers.Dense(3, name="query")(items), layers.Dense(3, name="key")(items)
    weights = layers.Softmax(name="weights")(ops.matmul(query, ops.transpose(key, (0, 2, 1))) + bias)
    y = layers.Dense(1, name="y")(ops.matmul(weights, items)[:, -1])
    return dict(model=Model({"items": items, "bias": bias}, y, name="causal"), format="savedmodel", rows=batch(rng, 9))
