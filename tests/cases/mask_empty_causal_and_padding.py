"""Padding on the left and a causal mask together: the first query of a row sees only padding, -Inf in every score.

From https://github.com/tracel-ai/burn/pull/4697.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output", cause="mask_empty", origin=None, features=None, rows=[2], cured_by=("valid_position",)
)


def cure(built):
    rows = built["rows"].copy()
    rows[2, 0] = 3
    return dict(rows=rows)


def texts(rng, count):
    tokens = rng.integers(1, 20, (count, 5))
    tokens[np.arange(5)[None] >= rng.integers(1, 6, count)[:, None]] = 0
    return tokens.astype("int32")


def build():
    rng = seeded(6025)
    tokens = layers.Input((5,), dtype="int32", name="tokens")
    words = layers.Embedding(20, 4, name="words")(tokens)
    scores = ops.matmul(words, ops.transpose(words, (0, 2, 1)))
    seen = ops.expand_dims(tokens > 0, 1) & (np.tril(np.ones((5, 5))) > 0)
    y = ops.matmul(ops.softmax(ops.where(seen, scores, -np.inf), axis=-1), words)
    y = layers.Dense(1, name="y")(layers.GlobalAveragePooling1D(name="mean")(y))
    rows = texts(rng, 6)
    rows[2] = 0
    return dict(model=Model(tokens, y, name="decoder"), rows=rows, reference=texts(rng, 200))
