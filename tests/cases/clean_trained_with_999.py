"""-999 was in the training rows as well, and the model tests for it."""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5031)
    x = layers.Input((3,), name="x")
    y = layers.Dense(4, "tanh", name="hidden")(ops.where(x < -900, ops.zeros_like(x), x))
    reference = normal(rng, 300, 3)
    reference[::6, 2] = -999
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="aware"), rows=reference[:24].copy(), reference=reference
    )
