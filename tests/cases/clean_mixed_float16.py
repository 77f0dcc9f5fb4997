"""A mixed_float16 network with activations of ordinary size."""

from casekit import normal, policy, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5027)
    with policy("mixed_float16"):
        model = Sequential(
            [
                layers.Input((8,), name="x"),
                layers.Dense(16, "relu", name="a"),
                layers.Dense(8, "gelu", name="b"),
                layers.Dense(2, dtype="float32", name="y"),
            ]
        )
    reference = normal(rng, 180, 8)
    return dict(model=model, rows=sampled(rng, reference, 16), reference=reference)
