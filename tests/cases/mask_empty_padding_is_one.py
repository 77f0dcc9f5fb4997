"""The tokenizer pads with 1, as RoBERTa's does: a text without words is nothing but ones."""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output", cause="mask_empty", origin=None, features=None, rows=[3], cured_by=("valid_position",)
)


def texts(rng, count):
    tokens = rng.integers(4, 30, (count, 5))
    tokens[np.arange(5)[None] >= rng.integers(1, 6, count)[:, None]] = 1
    return tokens.astype("int32")


def build():
    rng = seeded(8204)
    tokens = layers.Input((5,), dtype="int32", name="tokens")
    words = layers.Embedding(30, 4, name="words")(tokens)
    score = ops.sum(words, -1)
    weight = ops.softmax(ops.where(tokens != 1, score, -np.inf), axis=-1)
    y = layers.Dense(1, "sigmoid", name="y")(ops.sum(words * ops.expand_dims(weight, -1), 1))
    rows = texts(rng, 5)
    rows[3] = 1
    return dict(model=Model(tokens, y, name="reader"), rows=rows, reference=texts(rng, 200))


def cure(built):
    rows = built["rows"].copy()
    rows[3, 0] = 7
    return dict(rows=rows)
