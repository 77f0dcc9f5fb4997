"""The scale of an RMSNormalization diverged to NaN: a trained weight, not a stored statistic."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="rms", operation=None),
    features=None,
    rows=list(range(7)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(7006)
    model = Sequential(
        [
            layers.Input((6,), name="x"),
            layers.Dense(5, name="mix"),
            layers.RMSNormalization(name="rms"),
            layers.Dense(2, name="y"),
        ]
    )
    (scale,) = model.get_layer("rms").get_weights()
    scale[4] = 1.0 if repaired else np.nan
    model.get_layer("rms").set_weights([scale])
    reference = normal(rng, 160, 6)
    return dict(model=model, rows=sampled(rng, reference, 7), reference=reference)
