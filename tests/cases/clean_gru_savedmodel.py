"""A recurrent forecast exported for serving, healthy windows."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5004)
    model = Sequential(
        [
            layers.Input((10, 3), name="hours"),
            layers.GRU(6, return_sequences=True, name="a"),
            layers.GRU(4, name="b"),
            layers.Dense(2, name="y"),
        ]
    )
    reference = normal(rng, 150, 10, 3)
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 20), reference=reference)
