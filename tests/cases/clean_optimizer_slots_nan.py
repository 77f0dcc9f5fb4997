"""The slots of the optimizer are NaN after a last, failed step; the weights of the best epoch were put back."""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(8054)
    model = Sequential([layers.Input((3,), name="x"), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile("adam", "mse")
    reference = normal(rng, 100, 3)
    model.fit(reference[:8], np.zeros((8, 1)), verbose=0)
    for one in model.optimizer.variables[2:]:
        one.assign(np.full(one.shape, np.nan))
    return dict(model=model, format="h5", rows=reference[:10], reference=reference)
