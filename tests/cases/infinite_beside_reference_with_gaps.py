"""Training had NaN in one column; now another column is infinite in the same rows."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

BAD = [0, 2]
CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["b"],
    rows=BAD,
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(473)
    x = layers.Input((3,), name="row")
    known = ops.where(ops.isnan(x), 0.0, x)
    y = layers.Dense(1, name="y")(layers.Dense(5, "sigmoid", name="h")(known))
    reference = normal(rng, 120, 3)
    reference[:12, 0] = np.nan
    rows = normal(rng, 6, 3)
    rows[BAD, 1] = np.inf
    rows[2, 0] = rows[4, 0] = np.nan
    return dict(
        model=Model(x, y, name="gaps"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": list("abc")},
    )
