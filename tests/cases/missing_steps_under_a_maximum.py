"""reduce_max over steps that are all NaN, then a product that overflows and a softmax over what is left."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

BAD = [2]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(475)
    x = layers.Input((6, 2), name="steps")
    y = layers.Dense(2, "softmax", name="y")(layers.Dense(6, name="h")(ops.max(x, axis=1)))
    reference = normal(rng, 100, 6, 2)
    rows = sampled(rng, reference, 5)
    rows[BAD, :, 0] = np.nan
    return dict(model=Model(x, y, name="maxima"), rows=rows, reference=reference)
