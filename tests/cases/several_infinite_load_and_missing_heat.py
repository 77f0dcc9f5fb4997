"""One reading is NaN and another infinite in the same window; the other rows have one of both."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    incidents=[
        dict(
            symptom="absorbed",
            cause="input_infinite",
            origin=dict(kind="input", layer=None, operation=None),
            features=["load"],
            rows=[1, 5],
            cured_by=("replace_infinite",),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["heat"],
            rows=[3],
            cured_by=("impute",),
        ),
    ]
)


def build():
    rng = seeded(410)
    model = Sequential(
        [
            layers.Input((8, 2), name="window"),
            layers.Bidirectional(layers.LSTM(4), name="both_ways"),
            layers.Dense(1, name="failure"),
        ]
    )
    reference = normal(rng, 150, 8, 2)
    rows = sampled(rng, reference, 9)
    rows[[1, 5], 2, 1] = np.inf
    rows[3, 6, 0] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["heat", "load"]})
