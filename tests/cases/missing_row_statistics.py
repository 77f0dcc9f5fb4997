"""Reduction over the columns inside the model (row mean and standard deviation): one missing cell spoils the row."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["q3"],
    rows=[5],
    cured_by=("impute",),
)


def build():
    rng = seeded(1026)
    x = layers.Input((4,), name="quarters")
    mean, deviation = ops.mean(x, axis=-1, keepdims=True), ops.std(x, axis=-1, keepdims=True)
    y = layers.Dense(1, name="trend")(layers.Concatenate()([mean, deviation, x[:, 3:]]))
    reference = uniform(rng, 150, 4, low=80, high=120)
    rows = sampled(rng, reference, 9)
    rows[5, 2] = np.nan
    return dict(
        model=Model(x, y, name="turnover"),
        rows=rows,
        reference=reference,
        metadata={"features": ["q1", "q2", "q3", "q4"]},
    )
