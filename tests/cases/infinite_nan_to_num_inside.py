"""The model cleans its rows with nan_to_num: +Inf becomes the largest float, a tanh makes 1 of it, the answer is
made up.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["per_visit"],
    rows=[3, 7],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(7001)
    x = layers.Input((3,), name="shop")
    y = layers.Dense(4, name="hidden")(ops.tanh(ops.nan_to_num(x)))
    reference = uniform(rng, 200, 3, low=-1, high=1)
    rows = sampled(rng, reference, 11)
    rows[[3, 7], 2] = np.inf
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="cleaned"),
        rows=rows,
        reference=reference,
        metadata={"features": ["visits", "age", "per_visit"]},
    )
