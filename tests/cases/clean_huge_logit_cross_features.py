"""Products of standardised columns, up to 27 by 27: large for a product, nothing for float32."""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5070)
    x = layers.Input((4,), name="x")
    pairs = ops.reshape(ops.expand_dims(x, 1) * ops.expand_dims(x, 2), (-1, 16))
    y = layers.Dense(1, name="y")(ops.power(pairs, 3))
    reference = normal(rng, 200, 4)
    return dict(model=Model(x, y, name="crossed"), rows=sampled(rng, reference, 15), reference=reference)
