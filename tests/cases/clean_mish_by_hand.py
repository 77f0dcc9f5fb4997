"""x * tanh(log(1 + exp(x))) by hand: exp is Inf for large x, and the way on reaches the exact limit, x."""

from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(8051)
    x = layers.Input((3,), name="x")
    mish = x * ops.tanh(ops.log(1.0 + ops.exp(x)))
    reference = uniform(rng, 150, 3, low=-200, high=200)
    return dict(model=Model(x, layers.Dense(1, name="y")(mish), name="mish"), rows=reference[:20], reference=reference)
