"""bfloat16 has float32's range: activations of 1e6 are no trouble there."""

from casekit import policy, sampled, scale_weights, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5028)
    with policy("mixed_bfloat16"):
        model = Sequential(
            [
                layers.Input((4,), name="x"),
                layers.Dense(6, "relu", name="a"),
                layers.Dense(1, dtype="float32", name="y"),
            ]
        )
    scale_weights(model, 1000.0, ["a"])
    reference = uniform(rng, 180, 4, low=100, high=900)
    return dict(model=model, rows=sampled(rng, reference, 12), reference=reference)
