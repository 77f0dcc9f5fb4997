"""Infinities become 3.4e38 by hand, and a layer normalisation makes an ordinary number of that."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

BAD = [2, 3]
CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["b"],
    rows=BAD,
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(411)
    x = layers.Input((4,), name="scores")
    safe = ops.where(ops.isinf(x), 3.4028235e38, x)
    y = layers.Dense(1, name="rank")(layers.LayerNormalization(name="level")(safe))
    reference = normal(rng, 150, 4)
    rows = sampled(rng, reference, 8)
    rows[BAD, 1] = np.inf
    return dict(
        model=Model(x, y, name="ranker"), rows=rows, reference=reference, metadata={"features": ["a", "b", "c", "d"]}
    )
