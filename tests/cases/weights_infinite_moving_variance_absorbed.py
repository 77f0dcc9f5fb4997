"""The moving variance overflowed to Inf while training diverged: the layer answers its beta for every row."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause=("weights_nonfinite", "normalization_state"),
    origin=dict(kind=("weight", "operation", "constant"), layer="bn", operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_weights", "repair_statistics", "retrain", "replace_weights"),
)


def build(repaired=False):
    rng = seeded(8018)
    model = Sequential(
        [
            layers.Input((4,), name="x"),
            layers.Dense(5, name="hidden"),
            layers.BatchNormalization(name="bn"),
            layers.Dense(1, "sigmoid", name="y"),
        ]
    )
    bn = model.get_layer("bn")
    gamma, beta, mean, variance = bn.get_weights()
    variance[2] = 1.0 if repaired else np.inf
    bn.set_weights([gamma, beta, mean, variance])
    reference = normal(rng, 150, 4)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
