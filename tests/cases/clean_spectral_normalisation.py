"""A critic with spectral normalisation whose kernels are sound."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5067)
    model = Sequential(
        [
            layers.Input((6, 6, 1), name="drawing"),
            layers.SpectralNormalization(layers.Conv2D(3, 3, name="stroke"), name="smooth"),
            layers.LeakyReLU(0.1, name="leak"),
            layers.Flatten(),
            layers.Dense(1, name="real"),
        ]
    )
    reference = uniform(rng, 60, 6, 6, 1, low=-1)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
