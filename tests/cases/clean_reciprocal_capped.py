"""min(1 / x, 10) with x of 0: an infinity inside that reaches its exact limit."""

from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5015)
    x = layers.Input((2,), name="gap")
    y = layers.Dense(1, name="y")(ops.minimum(1.0 / x, 10.0))
    reference = rng.integers(0, 9, (200, 2)).astype("float32")
    return dict(model=Model(x, y, name="capped"), rows=sampled(rng, reference, 20), reference=reference)
