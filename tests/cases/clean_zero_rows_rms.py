"""Baskets of nothing (all zero) are in training, RMSNormalization has its epsilon.

And a batch that is nothing but zeros.
"""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(535)
    model = Sequential(
        [
            layers.Input((6,), name="basket"),
            layers.RMSNormalization(name="rms"),
            layers.Dense(5, "relu"),
            layers.Dense(1),
        ]
    )
    reference = uniform(rng, 200, 6)
    reference[:10] = 0
    return dict(model=model, rows=np.zeros((4, 6), "float32"), reference=reference)
