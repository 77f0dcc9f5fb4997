"""A healthy critic with spectral normalisation: its power iteration vector is neither trained nor a statistic."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True, tolerated=())


def build(repaired=False):
    rng = seeded(9118)
    model = Sequential(
        [
            layers.Input((8, 8, 1), name="drawing"),
            layers.SpectralNormalization(layers.Conv2D(3, 3, name="strokes"), name="spectral"),
            layers.Flatten(),
            layers.Dense(1, name="real"),
        ]
    )
    reference = uniform(rng, 60, 8, 8, 1)
    return dict(model=model, rows=sampled(rng, reference, 8), reference=reference)
