"""-1e9 in a float16 mask is -Inf: rows without any valid position are NaN in float16, and only there."""

import numpy as np
from casekit import normal, policy, seeded
from keras import Model, layers, ops

BAD = [2, 5]
CASE = dict(
    symptom="nonfinite_output",
    cause=("precision_overflow", "mask_empty"),
    origin=None,
    features=None,
    rows=BAD,
    cured_by=None,
)


def cure(built):
    rows = {k: v.copy() for k, v in built["rows"].items()}
    rows["valid"][BAD, 0] = 1
    return dict(rows=rows)


def batch(rng, count, low):
    return {
        "items": normal(rng, count, 6, 4),
        "valid": (np.arange(6)[None] < rng.integers(low, 7, count)[:, None]).astype("float32"),
    }


def build():
    rng = seeded(484)
    with policy("float16"):
        items, valid = layers.Input((6, 4), name="items"), layers.Input((6,), name="valid")
        scores = ops.squeeze(layers.Dense(1, name="scores")(items), axis=-1)
        weights = ops.softmax(ops.where(valid > 0, scores, ops.cast(-1e9, "float16")))
        y = layers.Dense(2, name="y")(ops.sum(items * ops.expand_dims(weights, -1), axis=1))
        model = Model({"items": items, "valid": valid}, y, name="half")
    rows = batch(rng, 8, 1)
    rows["valid"][BAD] = 0
    return dict(model=model, format="savedmodel", rows=rows, reference=batch(rng, 100, 1))
