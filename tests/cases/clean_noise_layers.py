"""Dropout, Gaussian noise and random flips are off when a model answers."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5050)
    model = Sequential(
        [
            layers.Input((6, 6, 1), name="image"),
            layers.RandomFlip("horizontal", name="flip"),
            layers.GaussianNoise(0.3, name="noise"),
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            layers.SpatialDropout2D(0.3, name="drop"),
            layers.Flatten(),
            layers.Dense(2, name="y"),
        ]
    )
    reference = uniform(rng, 60, 6, 6, 1)
    return dict(model=model, rows=sampled(rng, reference, 7), reference=reference)
