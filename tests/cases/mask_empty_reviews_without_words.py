"""Reviews of which some lost every word. Training saw full reviews only, so that 0, the padding, is new to it."""

from casekit import seeded
from keras import Model, layers, ops

BAD = [3, 6, 7, 12]
CASE = dict(
    symptom="nonfinite_output", cause="mask_empty", origin=None, features=None, rows=BAD, cured_by=("valid_position",)
)


def cure(built):
    rows = built["rows"].copy()
    rows[BAD, 0] = 5
    return dict(rows=rows)


def full(rng, count):
    return rng.integers(1, 50, (count, 12)).astype("int32")


def build(repaired=False):
    rng = seeded(9114)
    tokens = layers.Input((12,), dtype="int32", name="tokens")
    there = ops.expand_dims(ops.cast(ops.not_equal(tokens, 0), "float32"), -1)
    words = layers.Embedding(50, 6, name="words")(tokens)
    mean = ops.sum(words * there, axis=1) / ops.sum(there, axis=1)
    model = Model(tokens, layers.Dense(1, "sigmoid", name="stars")(mean), name="reviews")
    rows = full(rng, 16)
    rows[::2, 7:] = 0
    rows[BAD] = 0
    return dict(model=model, rows=rows, reference=full(rng, 200))
