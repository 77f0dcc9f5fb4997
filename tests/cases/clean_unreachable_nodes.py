"""Distances between stops: +Inf means "no way", in training too; the model takes exp(-distance)."""

import numpy as np
from casekit import normal, seeded, uniform
from keras import Model, layers, ops

CASE = dict(clean=True)


def table(rng, n):
    d = uniform(rng, n, 5, 5, low=0, high=6)
    d[rng.random((n, 5, 5)) < 0.2] = np.inf
    d[:, np.arange(5), np.arange(5)] = 0
    return {"stops": normal(rng, n, 5, 3), "distance": d}


def build():
    rng = seeded(531)
    s, d = layers.Input((5, 3), name="stops"), layers.Input((5, 5), name="distance")
    m = ops.matmul(ops.exp(-d), s)
    model = Model(
        [s, d],
        layers.Dense(1, name="delay")(layers.Flatten()(layers.Dense(4, "relu", name="message")(m))),
        name="graph",
    )
    return dict(model=model, rows=table(rng, 12), reference=table(rng, 150))
