"""The same row thirty times: a health check that posts a constant."""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5039)
    model = Sequential([layers.Input((6, 1), name="x"), layers.SimpleRNN(4, name="state"), layers.Dense(1, name="y")])
    reference = normal(rng, 150, 6, 1)
    return dict(model=model, rows=np.repeat(reference[:1], 30, axis=0), reference=reference)
