"""A hand-written causal mask of -Inf: every position sees itself at least, so the softmax is well defined."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5006)
    x = layers.Input((5, 4), name="x")
    scores = ops.matmul(x, ops.transpose(x, (0, 2, 1)))
    future = np.triu(np.full((5, 5), -np.inf, "float32"), 1)
    y = ops.matmul(ops.softmax(scores + future, axis=-1), x)
    reference = normal(rng, 140, 5, 4)
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="causal"),
        rows=sampled(rng, reference, 10),
        reference=reference,
    )
