"""Concentrations of 1e-40, below the smallest normal float: read as they are or as 0, never NaN."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5064)
    model = Sequential(
        [layers.Input((3,), name="trace"), layers.Dense(4, "softplus", name="hidden"), layers.Dense(1, name="y")]
    )
    reference = (uniform(rng, 160, 3) * 1e-38).astype("float32") * np.float32(0.01)
    return dict(model=model, rows=sampled(rng, reference, 9), reference=reference)
