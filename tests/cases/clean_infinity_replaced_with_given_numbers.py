"""nan_to_num with numbers that the author chose for NaN and for both infinities."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(449)
    x = layers.Input((3,), name="row")
    y = layers.Dense(5, "tanh", name="h")(ops.nan_to_num(x, nan=0.0, posinf=4.0, neginf=-4.0))
    reference = normal(rng, 100, 3)
    rows = sampled(rng, reference, 9)
    rows[1, 2], rows[4, 0], rows[6, 1] = np.inf, -np.inf, np.nan
    return dict(model=Model(x, layers.Dense(1, name="y")(y), name="chosen"), rows=rows, reference=reference)
