"""where(x > 0, log(x), 0): log(0) is computed and thrown away. Its -Inf touches no answer."""

from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5024)
    x = layers.Input((3,), name="counts")
    y = layers.Dense(1, name="y")(ops.where(x > 0, ops.log(x), ops.zeros_like(x)))
    reference = rng.poisson(1.5, (220, 3)).astype("float32")
    return dict(model=Model(x, y, name="thrown_away"), rows=sampled(rng, reference, 18), reference=reference)
