"""-Inf in one step of a series: SimpleRNN's tanh makes -1 or 1 of it and goes on."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0],
    rows=[5],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1111)
    model = Sequential(
        [layers.Input((6, 1), name="returns"), layers.SimpleRNN(4, name="state"), layers.Dense(1, name="volatility")]
    )
    reference = normal(rng, 180, 6, 1)
    rows = sampled(rng, reference, 8)
    rows[5, 5, 0] = -np.inf
    return dict(model=model, rows=rows, reference=reference)
