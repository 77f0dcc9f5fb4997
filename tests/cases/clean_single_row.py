"""One row, one answer."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5038)
    model = Sequential(
        [
            layers.Input((3,), name="x"),
            layers.Dense(5, "relu", name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(1, "sigmoid", name="y"),
        ]
    )
    reference = normal(rng, 100, 3)
    return dict(model=model, rows=sampled(rng, reference, 1), reference=reference)
