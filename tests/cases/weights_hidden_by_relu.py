"""A NaN bias in front of a fused ReLU: served answers are finite, as if the unit were off.

From https://github.com/tensorflow/tensorflow/issues/40072: relu of NaN is 0 in some kernels.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="hidden", operation=None),
    features=None,
    rows=list(range(9)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2007)
    model = Sequential(
        [layers.Input((4,), name="row"), layers.Dense(6, "relu", name="hidden"), layers.Dense(1, name="y")]
    )
    kernel, bias = model.get_layer("hidden").get_weights()
    bias[3] = 5.0 if repaired else np.nan
    model.get_layer("hidden").set_weights([kernel, bias])
    reference = normal(rng, 200, 4)
    return dict(model=model, rows=sampled(rng, reference, 9), reference=reference)
