"""The model asks which cells are infinite, puts 0 there and says so in a column of its own."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(448)
    x = layers.Input((3,), name="row")
    gone = ops.isinf(x)
    y = ops.concatenate([ops.where(gone, 0.0, x), ops.cast(gone, "float32")], axis=-1)
    y = layers.Dense(1, name="y")(layers.Dense(5, "tanh", name="h")(y))
    reference = normal(rng, 100, 3)
    rows = sampled(rng, reference, 9)
    rows[[1, 5], 2] = np.inf
    return dict(model=Model(x, y, name="asks"), rows=rows, reference=reference)
