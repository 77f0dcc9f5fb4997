"""A mask constant of -1e30 inside a transformer that was converted to float16: -Inf, times 0 it is NaN.

From https://github.com/tensorflow/tensorflow/issues/43719, where a buffer of 1e30 became Inf.
"""

import numpy as np
from casekit import normal, policy, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(5)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(6012)
    with policy("float32" if repaired else "float16"):
        x = layers.Input((4, 3), name="states")
        hidden = layers.Input((4,), name="hidden_positions")
        bias = layers.Rescaling(-1e30, name="bias")(hidden)
        scores = layers.Add(name="scores")([layers.Flatten()(layers.Dense(1, name="score")(x)), bias])
        y = layers.Dense(2, name="y")(layers.Dot(1)([layers.Softmax(name="share")(scores), x]))
    length = rng.integers(1, 5, (120, 1))
    reference = {"states": normal(rng, 120, 4, 3), "hidden_positions": (np.arange(4)[None] >= length).astype("float32")}
    return dict(
        model=Model({"states": x, "hidden_positions": hidden}, y, name="distilled"),
        rows=sampled(rng, reference, 5),
        reference=reference,
    )
