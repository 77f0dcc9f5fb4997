"""A mask of -1e9 in a float16 transformer is -Inf there; times 0 for the visible positions it is NaN everywhere.

From https://github.com/huggingface/transformers/issues/382: masks of 1e10 do not fit half precision.
"""

import numpy as np
from casekit import normal, policy, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(6)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3101)
    with policy("float32" if repaired else "float16"):
        x, mask = layers.Input((5, 4), name="tokens"), layers.Input((5,), name="mask")
        scores = layers.Flatten(name="scores")(layers.Dense(1, name="score")(x))
        hidden = 1.0 - layers.Activation("linear", name="visible")(mask)
        scores = scores + hidden * -1e9
        weights = layers.Softmax(name="weights")(scores)
        y = layers.Dense(2, name="y")(layers.Dot(1, name="pooled")([weights, x]))
    dtype = "float32" if repaired else "float16"
    length = rng.integers(1, 6, (120, 1))
    reference = {"tokens": normal(rng, 120, 5, 4), "mask": (np.arange(5)[None] < length).astype("float32")}
    assert y.dtype == dtype
    return dict(
        model=Model({"tokens": x, "mask": mask}, y, name="half_transformer"),
        rows=sampled(rng, reference, 6),
        reference=reference,
    )
