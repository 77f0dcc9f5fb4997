"""A whole record is missing: every column of the row is NaN."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[0, 1, 2, 3],
    rows=[11],
    cured_by=("impute",),
)


def build():
    rng = seeded(1004)
    model = Sequential(
        [layers.Input((4,), name="meter"), layers.Dense(6, "softplus", name="load"), layers.Dense(2, name="bounds")]
    )
    reference = uniform(rng, 200, 4, low=10, high=40)
    rows = sampled(rng, reference, 14)
    rows[11] = np.nan
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
