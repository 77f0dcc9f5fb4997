"""+Inf in a column that the model cuts off before it computes anything."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(447)
    x = layers.Input((5,), name="row")
    y = layers.Dense(1, "sigmoid", name="y")(layers.Dense(4, "tanh", name="h")(x[:, :4]))
    reference = normal(rng, 100, 5)
    rows = sampled(rng, reference, 9)
    rows[[1, 5], 4] = np.inf
    rows[3, 4] = -np.inf
    return dict(model=Model(x, y, name="cut"), rows=rows, reference=reference)
