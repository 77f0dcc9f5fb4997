"""Deep interest network: attention of a candidate over the user's history, softmax by hand times the mask.

A new user has no history: 0 / 0.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=dict(kind=("input", "operation"), layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[4, 17],
    cured_by=("valid_position",),
)


def table(rng, n):
    h = rng.integers(1, 40, (n, 8))
    h[np.arange(8)[None] >= rng.integers(1, 9, n)[:, None]] = 0
    return {"history": h.astype("int32"), "candidate": rng.integers(1, 40, (n, 1)).astype("int32")}


def build():
    rng = seeded(523)
    history, candidate = (
        layers.Input((8,), dtype="int32", name="history"),
        layers.Input((1,), dtype="int32", name="candidate"),
    )
    items = layers.Embedding(40, 6, name="items")
    h, c = items(history), items(candidate)
    s = layers.Dense(1, name="relevance")(layers.Concatenate()([h * c, h - c]))
    e = ops.exp(ops.squeeze(s, -1)) * ops.cast(ops.not_equal(history, 0), "float32")
    w = e / ops.sum(e, axis=1, keepdims=True)
    interest = ops.sum(h * ops.expand_dims(w, -1), axis=1)
    model = Model(
        [history, candidate],
        layers.Dense(1, "sigmoid", name="click")(layers.Concatenate()([interest, ops.squeeze(c, 1)])),
        name="din",
    )
    rows = table(rng, 30)
    rows["history"][[4, 17]] = 0
    return dict(model=model, format="savedmodel", rows=rows, reference=table(rng, 300))


def cure(built):
    rows = {k: v.copy() for k, v in built["rows"].items()}
    rows["history"][[4, 17], 0] = 5
    return dict(rows=rows)
