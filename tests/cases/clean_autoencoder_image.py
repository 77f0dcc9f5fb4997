"""An image autoencoder with transposed convolutions, healthy images.

From https://github.com/plaidml/plaidml/issues/365, a denoising autoencoder that answered NaN with another
backend.
"""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5044)
    model = Sequential(
        [
            layers.Input((8, 8, 1), name="noisy"),
            layers.Conv2D(4, 3, activation="relu", padding="same", name="a"),
            layers.MaxPooling2D(2, padding="same", name="half"),
            layers.Conv2D(4, 3, activation="relu", padding="same", name="b"),
            layers.UpSampling2D(2, name="double"),
            layers.Conv2D(1, 3, activation="sigmoid", padding="same", name="clean"),
        ]
    )
    reference = uniform(rng, 60, 8, 8, 1)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
