"""The library's cosine similarity with a zero vector answers 0.

From https://github.com/tensorflow/tensorflow/pull/37090, which documents it.
"""

from casekit import normal, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(6028)
    a, b = layers.Input((4,), name="query"), layers.Input((4,), name="item")
    y = layers.Dot(1, normalize=True, name="cosine")([a, b])
    reference = {"query": normal(rng, 150, 4), "item": normal(rng, 150, 4)}
    reference["query"][:6] = 0
    return dict(
        model=Model({"query": a, "item": b}, y, name="search"),
        format="h5",
        rows={name: values[:11].copy() for name, values in reference.items()},
        reference=reference,
    )
