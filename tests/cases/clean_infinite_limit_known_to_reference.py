""" "No upper limit" is written as +Inf, in training too, and the model caps it: the value is meant."""

import numpy as np
from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5013)
    x = layers.Input((2,), name="offer")
    y = layers.Dense(3, "tanh", name="hidden")(ops.minimum(x, 50.0))
    reference = uniform(rng, 240, 2, low=1, high=40)
    reference[::5, 1] = np.inf
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="limits"), rows=reference[:15].copy(), reference=reference
    )
