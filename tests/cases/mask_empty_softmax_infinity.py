"""Attention pooling with -Inf for padding: a text of padding only gives a softmax over nothing, 0 / 0.

From https://github.com/tensorflow/tensorflow/issues/11692: a log-sum-exp of -Inf alone is NaN.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=None,
    features=None,
    rows=[0, 5],
    cured_by=("valid_position",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[[0, 5], 0] = 4
    return dict(rows=rows)


def texts(rng, count):
    tokens = rng.integers(1, 30, (count, 7))
    tokens[np.arange(7)[None] >= rng.integers(1, 8, count)[:, None]] = 0
    return tokens.astype("int32")


def build():
    rng = seeded(4002)
    tokens = layers.Input((7,), dtype="int32", name="tokens")
    words = layers.Embedding(30, 4, name="words")(tokens)
    scores = ops.squeeze(layers.Dense(1, name="score")(words), -1)
    weights = ops.softmax(ops.where(tokens > 0, scores, -np.inf), axis=-1)
    y = layers.Dense(2, name="y")(ops.sum(words * ops.expand_dims(weights, -1), axis=1))
    rows = texts(rng, 9)
    rows[[0, 5]] = 0
    return dict(model=Model(tokens, y, name="pooling"), rows=rows, reference=texts(rng, 250))
