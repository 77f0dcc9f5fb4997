"""An encoder inside a model inside a model, healthy."""

from casekit import normal, sampled, seeded
from keras import Model, Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5057)
    inner = Sequential([layers.Input((4,)), layers.Dense(3, "relu", name="core")], name="inner")
    middle_in = layers.Input((4,))
    middle = Model(middle_in, layers.Dense(3, "tanh", name="shell")(inner(middle_in)), name="middle")
    x = layers.Input((4,), name="x")
    model = Model(x, layers.Dense(1, name="y")(middle(x)), name="outer")
    reference = normal(rng, 140, 4)
    return dict(model=model, rows=sampled(rng, reference, 10), reference=reference)
