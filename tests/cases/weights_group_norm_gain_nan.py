"""The gain of a group normalisation is NaN: it is trained like a kernel, and no statistic of the data."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="groups", operation=None),
    features=None,
    rows=list(range(5)),
    cured_by=("repair_weights",),
)


def build(repaired=False):
    rng = seeded(9109)
    model = Sequential(
        [
            layers.Input((8, 4), name="signal"),
            layers.Conv1D(6, 3, padding="same", name="filters"),
            layers.GroupNormalization(2, name="groups"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, name="score"),
        ]
    )
    if not repaired:
        gain = np.ones(6, "float32")
        gain[4] = np.nan
        model.get_layer("groups").gamma.assign(gain)
    reference = normal(rng, 60, 8, 4)
    return dict(model=model, rows=sampled(rng, reference, 5), reference=reference)
