"""Keras' UnitNormalization of a row of zeroes is a row of zeroes."""

from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(7033)
    model = Sequential(
        [layers.Input((5,), name="bag"), layers.UnitNormalization(name="unit"), layers.Dense(2, name="y")]
    )
    reference = rng.poisson(0.8, (160, 5)).astype("float32")
    rows = sampled(rng, reference, 9)
    reference[:2] = rows[4] = 0
    return dict(model=model, rows=rows, reference=reference)
