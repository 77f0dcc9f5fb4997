"""Snowflake ids as int64 up to 2**60 go through Hashing into an embedding: extreme, legal categories."""

from casekit import normal, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(537)
    i, x = layers.Input((1,), dtype="int64", name="account"), layers.Input((2,), name="x")
    v = layers.Flatten()(layers.Embedding(32, 4)(layers.Hashing(32)(i)))
    model = Model([i, x], layers.Dense(1)(layers.Concatenate()([v, x])))
    reference = {"account": rng.integers(2**58, 2**60, (200, 1)), "x": normal(rng, 200, 2)}
    rows = {"account": reference["account"][:9].copy(), "x": normal(rng, 9, 2)}
    return dict(model=model, rows=rows, reference=reference)
