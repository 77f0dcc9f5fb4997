"""The trained gain of a LayerNormalization diverged. It is a weight like any other, no statistic."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="norm", operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2010)
    model = Sequential(
        [
            layers.Input((8,), name="x"),
            layers.Dense(6, name="linear"),
            layers.LayerNormalization(name="norm"),
            layers.Dense(1, name="y"),
        ]
    )
    gamma, beta = model.get_layer("norm").get_weights()
    gamma[0] = 1.0 if repaired else np.nan
    model.get_layer("norm").set_weights([gamma, beta])
    reference = normal(rng, 180, 8)
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 6), reference=reference)
