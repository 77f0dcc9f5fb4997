"""Grey images (one channel) are sent to a network of colour images."""

import numpy as np
from casekit import seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=list(range(4)), cured_by=None
)


def cure(built):
    return dict(rows=np.repeat(built["rows"], 3, axis=-1))


def build():
    rng = seeded(4204)
    model = Sequential(
        [
            layers.Input((8, 8, 3), name="photo"),
            layers.Conv2D(4, 3, name="edges"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, "softmax", name="y"),
        ]
    )
    reference = uniform(rng, 50, 8, 8, 3)
    return dict(model=model, format="h5", rows=uniform(rng, 4, 8, 8, 1), reference=reference)
