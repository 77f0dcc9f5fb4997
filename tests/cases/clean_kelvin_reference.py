"""Temperatures in Kelvin, in training and now: nothing was converted, nothing has to be."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5075)
    model = Sequential(
        [
            layers.Input((2,), name="weather"),
            layers.Rescaling(0.01, -2.7, name="scale"),
            layers.Dense(4, "elu", name="hidden"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = uniform(rng, 200, 2, low=250, high=310)
    return dict(model=model, rows=sampled(rng, reference, 16), reference=reference)
