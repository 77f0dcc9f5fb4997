"""Eleven outputs in a dictionary that is not in alphabetical order, of different shapes."""

from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5037)
    x = layers.Input((4,), name="x")
    names = [f"{letter}_head" for letter in "zyxbacqponm"]
    model = Model(x, {name: layers.Dense(1 + i % 3, "tanh", name=name)(x) for i, name in enumerate(names)}, name="many")
    reference = normal(rng, 130, 4)
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 11), reference=reference)
