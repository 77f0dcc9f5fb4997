"""Rows made of nothing but minima and maxima of the training data."""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5073)
    model = Sequential(
        [layers.Input((4,), name="x"), layers.Dense(6, "swish", name="hidden"), layers.Dense(1, name="y")]
    )
    reference = uniform(rng, 180, 4, low=-7, high=7)
    rows = np.stack([reference.min(0), reference.max(0), reference.min(0), reference.max(0)])
    return dict(model=model, rows=rows, reference=reference)
