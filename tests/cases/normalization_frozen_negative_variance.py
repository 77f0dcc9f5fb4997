"""A frozen batch normalisation with a negative moving variance, written by a conversion between frameworks."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="frozen", operation=None),
    features=None,
    rows=list(range(8)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(9110)
    model = Sequential(
        [
            layers.Input((5,), name="x"),
            layers.Dense(4, name="mix"),
            layers.BatchNormalization(name="frozen", trainable=False),
            layers.Dense(1, name="y"),
        ]
    )
    if not repaired:
        model.get_layer("frozen").moving_variance.assign(np.array([1, 0.7, -0.4, 1], "float32"))
    reference = normal(rng, 90, 5)
    return dict(model=model, rows=sampled(rng, reference, 8), reference=reference)
