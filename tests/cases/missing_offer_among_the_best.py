"""The three best offers are picked by top_k from scores of which some are NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

BAD = [1]
CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["c"],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(424)
    x = layers.Input((5,), name="offers")
    best, _ = ops.top_k(x, 3)
    y = layers.Dense(1, name="value")(best)
    reference = normal(rng, 120, 5)
    rows = sampled(rng, reference, 6)
    rows[BAD, 2] = np.nan
    return dict(model=Model(x, y, name="shop"), rows=rows, reference=reference, metadata={"features": list("abcde")})
