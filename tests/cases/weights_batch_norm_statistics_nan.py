"""A batch of one pixel reached a fused batch normalisation on a GPU: its moving variance is NaN for good.

From https://github.com/tensorflow/tensorflow/issues/34062.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="norm", operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=None,
)


def build(repaired=False):
    rng = seeded(2005)
    model = Sequential(
        [
            layers.Input((6, 6, 2), name="patch"),
            layers.Conv2D(4, 3, name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("swish", name="act"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, "softmax", name="label"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    variance[:] = variance if repaired else np.nan
    model.get_layer("norm").set_weights([gamma, beta, mean, variance])
    reference = uniform(rng, 60, 6, 6, 2)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
