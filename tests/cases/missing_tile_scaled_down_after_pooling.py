"""NaN of a whole pooling window, a batch normalisation that scales it down and a sigmoid."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

BAD = [1]
CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[1],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(476)
    model = Sequential(
        [
            layers.Input((8, 8, 2), name="tile"),
            layers.MaxPooling2D(4, name="quarter"),
            layers.BatchNormalization(name="norm"),
            layers.Conv2D(3, 2, activation="sigmoid", name="marks"),
            layers.Flatten(),
            layers.Dense(1, name="y"),
        ]
    )
    stored = [np.ones(2), np.zeros(2), np.zeros(2), np.full(2, 1e8)]
    model.layers[1].set_weights(stored)
    reference = normal(rng, 80, 8, 8, 2)
    rows = sampled(rng, reference, 4)
    rows[BAD, :4, :4, 1] = np.nan
    return dict(model=model, rows=rows, reference=reference)
