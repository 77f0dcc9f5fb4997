"""A black image into GroupNormalization: no contrast, epsilon keeps it finite."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5021)
    model = Sequential(
        [
            layers.Input((6, 6, 4), name="scan"),
            layers.GroupNormalization(2, name="norm"),
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = uniform(rng, 70, 6, 6, 4)
    rows = sampled(rng, reference, 6)
    reference[0] = rows[3] = 0
    return dict(model=model, rows=rows, reference=reference)
