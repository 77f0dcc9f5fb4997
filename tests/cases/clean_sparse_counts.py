"""Bag of words: nearly all cells are 0, a few counts are large."""

from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5032)
    model = Sequential(
        [
            layers.Input((30,), name="bag"),
            layers.Dense(8, "relu", name="hidden"),
            layers.Dense(3, "softmax", name="topic"),
        ]
    )
    reference = (rng.poisson(0.1, (250, 30)) * rng.integers(1, 12, (250, 30))).astype("float32")
    return dict(model=model, rows=sampled(rng, reference, 25), reference=reference)
