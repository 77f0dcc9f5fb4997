"""Healthy rows and nothing to compare them with."""

from casekit import normal, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5040)
    model = Sequential(
        [layers.Input((5,), name="x"), layers.Dense(6, "elu", name="hidden"), layers.Dense(3, "softmax", name="y")]
    )
    return dict(model=model, format="h5", rows=normal(rng, 12, 5))
