"""Three quantiles made monotone by a cumulative sum of softplus steps."""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5072)
    x = layers.Input((5,), name="x")
    steps = layers.Dense(3, "softplus", name="steps")(layers.Dense(6, "relu", name="hidden")(x))
    reference = normal(rng, 160, 5)
    return dict(
        model=Model(x, ops.cumsum(steps, axis=-1), name="quantiles"),
        format="savedmodel",
        rows=sampled(rng, reference, 13),
        reference=reference,
    )
