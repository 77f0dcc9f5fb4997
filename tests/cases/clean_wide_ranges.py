"""Features from 1e-8 to 1e8, every one of them as in training."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5053)
    scale = 10.0 ** np.arange(-8, 9, 4)
    reference = (normal(rng, 240, 5) * scale).astype("float32")
    scaler = layers.Normalization(name="scaler")
    scaler.adapt(reference)
    model = Sequential(
        [layers.Input((5,), name="x"), scaler, layers.Dense(6, "relu", name="hidden"), layers.Dense(1, name="y")]
    )
    return dict(model=model, rows=sampled(rng, reference, 20), reference=reference)
