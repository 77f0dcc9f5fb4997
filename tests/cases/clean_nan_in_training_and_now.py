"""Training had gaps in that column and the model takes the maximum with 0, which drops NaN."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers

CASE = dict(clean=True)


def build():
    rng = seeded(452)
    x = layers.Input((8, 3), name="series")
    y = layers.Dense(1, name="y")(layers.Flatten()(layers.MaxPooling1D(4, name="peaks")(x)))
    reference = normal(rng, 200, 8, 3)
    reference[rng.random((200, 8)) < 0.05, 1] = np.nan
    rows = normal(rng, 9, 8, 3)
    rows[[2, 5], 3, 1] = np.nan
    return dict(model=Model(x, y, name="peaks_model"), rows=rows, reference=reference)
