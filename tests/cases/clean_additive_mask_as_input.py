"""The client sends the additive mask itself, 0 or -Inf; every row has a valid position."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers

CASE = dict(clean=True)


def batch(rng, count):
    there = np.arange(5)[None] < rng.integers(1, 6, count)[:, None]
    return {"scores": normal(rng, count, 5), "mask": np.where(there, 0, -np.inf).astype("float32")}


def build():
    rng = seeded(5012)
    scores, mask = layers.Input((5,), name="scores"), layers.Input((5,), name="mask")
    y = layers.Dense(2, name="y")(layers.Softmax(name="weights")(scores + mask))
    return dict(
        model=Model({"scores": scores, "mask": mask}, y, name="masked"), rows=batch(rng, 12), reference=batch(rng, 150)
    )
