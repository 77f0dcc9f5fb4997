"""The value projection of one attention head is NaN; queries and keys are sound."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("attend", "value"), operation=None),
    features=None,
    rows=list(range(4)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2009)
    x = layers.Input((5, 6), name="tokens")
    y = layers.MultiHeadAttention(2, 3, name="attend")(x, x)
    y = layers.Dense(2, name="out")(layers.GlobalAveragePooling1D(name="mean")(y))
    model = Model(x, y, name="heads")
    weights = model.get_layer("attend").get_weights()
    if not repaired:
        weights[4][:, 1] = np.nan
    model.get_layer("attend").set_weights(weights)
    reference = normal(rng, 120, 5, 6)
    return dict(model=model, rows=sampled(rng, reference, 4), reference=reference)
