"""A column was dropped from the query: five columns arrive, the model has six."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=list(range(9)), cured_by=None
)


def cure(built):
    return dict(rows=np.hstack([built["rows"], np.zeros((9, 1), "float32")]))


def build():
    rng = seeded(4201)
    model = Sequential(
        [layers.Input((6,), name="x"), layers.Dense(4, "tanh", name="hidden"), layers.Dense(1, name="y")]
    )
    reference = normal(rng, 150, 6)
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 9)[:, :5], reference=reference)
