"""Activations that few know, on ordinary rows."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(7034)
    model = Sequential(
        [
            layers.Input((4,), name="x"),
            layers.Dense(6, "squareplus", name="a"),
            layers.Dense(5, "celu", name="b"),
            layers.Dense(3, "sparsemax", name="y"),
        ]
    )
    reference = normal(rng, 150, 4)
    return dict(model=model, rows=sampled(rng, reference, 10), reference=reference)
