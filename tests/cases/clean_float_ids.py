"""Ids as floats, all whole and known: what a data frame makes of them once a column had a gap."""

from casekit import seeded
from keras import Sequential, layers

CASE = dict(clean=True, tolerated=())


def draw(rng, count):
    return rng.integers(0, 15, (count, 3)).astype("float32")


def build(repaired=False):
    rng = seeded(9120)
    model = Sequential(
        [layers.Input((3,), name="ids"), layers.Embedding(15, 4), layers.Flatten(), layers.Dense(1, name="y")]
    )
    return dict(model=model, rows=draw(rng, 9), reference=draw(rng, 120))
