"""Reviews without words, in a model that divides by at least 1: an answer, and the right one."""

from casekit import seeded
from keras import Model, layers, ops

CASE = dict(clean=True, tolerated=())


def full(rng, count):
    return rng.integers(1, 50, (count, 12)).astype("int32")


def build(repaired=False):
    rng = seeded(9115)
    tokens = layers.Input((12,), dtype="int32", name="tokens")
    there = ops.expand_dims(ops.cast(ops.not_equal(tokens, 0), "float32"), -1)
    words = layers.Embedding(50, 6, name="words")(tokens)
    mean = ops.sum(words * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1.0)
    model = Model(tokens, layers.Dense(1, "sigmoid", name="stars")(mean), name="reviews")
    rows = full(rng, 16)
    rows[::2, 7:] = 0
    rows[[3, 6]] = 0
    return dict(model=model, rows=rows, reference=full(rng, 200))
