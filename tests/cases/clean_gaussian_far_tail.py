"""exp(-x * x) far from the centre underflows to 0, as it should."""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5016)
    x = layers.Input((3,), name="x")
    y = layers.Dense(1, name="y")(ops.exp(-ops.square(x)))
    reference = normal(rng, 200, 3) * 40
    return dict(
        model=Model(x, y, name="radial"), format="savedmodel", rows=sampled(rng, reference, 14), reference=reference
    )
