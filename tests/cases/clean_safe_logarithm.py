"""The double-where idiom: log of a value that was replaced first, so that the branch not taken is finite as well."""

from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5023)
    x = layers.Input((2,), name="counts")
    safe = ops.where(x > 0, x, ops.ones_like(x))
    y = layers.Dense(1, name="y")(ops.where(x > 0, ops.log(safe), ops.zeros_like(x)))
    reference = rng.poisson(2, (220, 2)).astype("float32")
    return dict(model=Model(x, y, name="safe_log"), rows=sampled(rng, reference, 18), reference=reference)
