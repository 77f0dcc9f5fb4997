"""Three hundred rows at once, every one healthy."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5063)
    model = Sequential(
        [
            layers.Input((10,), name="x"),
            layers.Dense(12, "selu", name="a"),
            layers.AlphaDropout(0.1, name="drop"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = normal(rng, 400, 10)
    return dict(model=model, rows=sampled(rng, reference, 300), reference=reference)
