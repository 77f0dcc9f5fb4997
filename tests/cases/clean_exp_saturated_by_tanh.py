"""tanh(exp(x)) at x of 100: exp is Inf inside, tanh of it is 1, and float64 says the same."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5071)
    x = layers.Input((2,), name="x")
    y = layers.Dense(1, name="y")(ops.tanh(ops.exp(x)))
    reference = uniform(rng, 180, 2, low=-5, high=110)
    return dict(model=Model(x, y, name="saturated"), rows=sampled(rng, reference, 14), reference=reference)
