"""An ordinary image classifier in the old file format, healthy images."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5001)
    model = Sequential(
        [
            layers.Input((12, 12, 3), name="photo"),
            layers.Conv2D(6, 3, activation="relu", name="a"),
            layers.MaxPooling2D(2, name="half"),
            layers.Conv2D(8, 3, activation="relu", name="b"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(4, "softmax", name="y"),
        ]
    )
    reference = uniform(rng, 80, 12, 12, 3)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 16), reference=reference)
