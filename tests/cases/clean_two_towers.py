"""Two inputs of different width, healthy."""

from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5043)
    user, item = layers.Input((6,), name="user"), layers.Input((3,), name="item")
    y = layers.Dot(1, normalize=True, name="match")(
        [layers.Dense(4, "relu", name="u")(user), layers.Dense(4, "relu", name="i")(item)]
    )
    reference = {"user": normal(rng, 160, 6), "item": normal(rng, 160, 3)}
    return dict(
        model=Model({"user": user, "item": item}, y, name="towers"),
        rows=sampled(rng, reference, 15),
        reference=reference,
    )
