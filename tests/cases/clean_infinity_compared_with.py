"""A model asks for x == Inf and gives such cells a weight of 0."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(482)
    x = layers.Input((3,), name="row")
    y = ops.where(ops.equal(ops.abs(x), float("inf")), 0.0, x)
    y = layers.Dense(1, name="y")(layers.Dense(5, "tanh", name="h")(y))
    reference = normal(rng, 100, 3)
    rows = sampled(rng, reference, 9)
    rows[[1, 5], 2] = np.inf
    return dict(model=Model(x, y, name="asks"), rows=rows, reference=reference)
