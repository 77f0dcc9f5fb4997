"""The distance to a shop that does not exist is +Inf, and 1 / (1 + Inf) is 0.

Real life: a join without a match filled with infinity. Of limits, those of cells as sent excuse nothing.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

BAD = [0, 7]
CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["to_shop"],
    rows=BAD,
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(409)
    x = layers.Input((3,), name="distances")
    y = layers.Dense(1, name="price")(1.0 / (1.0 + x))
    reference = uniform(rng, 150, 3, low=0, high=9)
    rows = sampled(rng, reference, 10)
    rows[BAD, 2] = np.inf
    return dict(
        model=Model(x, y, name="houses"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["to_school", "to_train", "to_shop"]},
    )
