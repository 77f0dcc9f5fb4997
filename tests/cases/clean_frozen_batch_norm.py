"""A frozen batch normalisation with odd but possible statistics: a small variance, a mean far from 0."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True, tolerated=())


def build(repaired=False):
    rng = seeded(9119)
    model = Sequential(
        [
            layers.Input((4,), name="x"),
            layers.BatchNormalization(name="frozen", trainable=False),
            layers.Dense(3, "tanh", name="mix"),
            layers.Dense(1, name="y"),
        ]
    )
    model.get_layer("frozen").moving_variance.assign(np.array([1e-4, 1, 2, 0.5], "float32"))
    model.get_layer("frozen").moving_mean.assign(np.array([0, 40, -3, 1], "float32"))
    reference = normal(rng, 90, 4)
    return dict(model=model, rows=sampled(rng, reference, 8), reference=reference)
