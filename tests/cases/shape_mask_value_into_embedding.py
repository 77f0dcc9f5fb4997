"""Padding of -1 behind a Masking layer, then an Embedding: a GPU let it pass, a processor has no row -1.

From https://github.com/keras-team/keras/issues/12269 and https://github.com/sedflix/DeepCoherence/issues/1.
"""

import numpy as np
from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=[0, 4], cured_by=None)


def cure(built):
    return dict(rows=np.maximum(built["rows"], 0))


def build():
    rng = seeded(6019)
    model = Sequential(
        [
            layers.Input((6,), dtype="int32", name="title"),
            layers.Embedding(25, 4, name="words"),
            layers.Conv1D(3, 3, activation="tanh", name="three"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(2, "softmax", name="y"),
        ]
    )
    reference = rng.integers(0, 25, (150, 6)).astype("int32")
    rows = sampled(rng, reference, 7)
    rows[0, 4:] = rows[4, 3:] = -1
    return dict(model=model, rows=rows, reference=reference)
