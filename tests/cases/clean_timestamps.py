"""A column of seconds since 1970, 1.7e9, rescaled inside the model."""

import numpy as np
from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5033)
    model = Sequential(
        [
            layers.Input((2,), name="event"),
            layers.Normalization(mean=[1.7e9, 0.0], variance=[1e12, 1.0], name="scaler"),
            layers.Dense(5, "tanh", name="hidden"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = np.stack([rng.uniform(1.699e9, 1.701e9, 200), rng.normal(size=200)], axis=1).astype("float32")
    return dict(model=model, rows=sampled(rng, reference, 18), reference=reference)
