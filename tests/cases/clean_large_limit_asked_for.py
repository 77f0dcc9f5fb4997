"""Cells beyond 1e30, infinities among them, become 0 by hand next to a test for NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(483)
    x = layers.Input((3,), name="row")
    y = ops.where(ops.logical_or(ops.isnan(x), ops.abs(x) > 1e30), 0.0, x)
    y = layers.Dense(1, name="y")(layers.Dense(5, "tanh", name="h")(y))
    reference = normal(rng, 100, 3)
    rows = sampled(rng, reference, 9)
    rows[1, 2], rows[4, 0] = np.inf, np.nan
    return dict(model=Model(x, y, name="asks"), rows=rows, reference=reference)
