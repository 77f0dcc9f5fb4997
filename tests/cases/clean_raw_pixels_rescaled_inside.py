"""Images of 0..255 are right here: the model divides by 255 itself, as its reference shows.

From https://github.com/Priyanshu-byte-coder/devtrack/issues/927, where they were divided twice.
"""

from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5034)
    model = Sequential(
        [
            layers.Input((8, 8, 1), name="image"),
            layers.Rescaling(1 / 255, name="scale"),
            layers.Conv2D(4, 3, activation="relu", name="edges"),
            layers.Flatten(),
            layers.Dense(2, "softmax", name="y"),
        ]
    )
    reference = rng.integers(0, 256, (80, 8, 8, 1)).astype("float32")
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 8), reference=reference)
