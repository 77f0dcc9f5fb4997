"""Attention over columns (softmax times row): one missing column, and the gate of every column is NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["yield"],
    rows=[8, 12],
    cured_by=("impute",),
)


def build():
    rng = seeded(1022)
    x = layers.Input((4,), name="bond")
    gate = layers.Dense(4, "softmax", name="gate")(x)
    y = layers.Dense(5, "silu", name="hidden")(layers.Multiply(name="chosen")([x, gate]))
    model = Model(x, layers.Dense(1, name="spread")(y), name="gated")
    reference = normal(rng, 250, 4)
    rows = sampled(rng, reference, 16)
    rows[[8, 12], 3] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["term", "rating", "size", "yield"]})
