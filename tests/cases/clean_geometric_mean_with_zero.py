"""The geometric mean of numbers among which is a 0 is 0: exp of the mean of logarithms, one of them -Inf."""

from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(8052)
    x = layers.Input((4,), name="ratios")
    mean = ops.exp(ops.mean(ops.log(x), axis=-1, keepdims=True))
    reference = uniform(rng, 150, 4, low=0, high=3)
    reference[::7, 2] = 0
    model = Model(x, layers.Dense(1, name="y")(mean), name="geometric")
    return dict(model=model, rows=reference[:22], reference=reference)
