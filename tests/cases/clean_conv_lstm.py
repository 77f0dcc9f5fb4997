"""Frames of a radar into a ConvLSTM, healthy."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5047)
    model = Sequential(
        [
            layers.Input((3, 6, 6, 1), name="radar"),
            layers.ConvLSTM2D(2, 3, name="motion"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, name="rain"),
        ]
    )
    reference = uniform(rng, 40, 3, 6, 6, 1)
    return dict(model=model, rows=sampled(rng, reference, 5), reference=reference)
