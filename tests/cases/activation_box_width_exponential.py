"""A detector decodes box sizes as exp(t) * anchor; one cell of an in-range image has a t above 88.

From https://github.com/qqwweee/keras-yolo3/issues/257 and https://github.com/tensorflow/models/pull/7233.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("exp", "decoder"), operation="Exp"),
    features=None,
    rows=[3],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(6001)
    x = layers.Input((4, 4, 2), name="feature_map")
    t = layers.Conv2D(2, 1, kernel_initializer="ones", name="size")(x)
    if repaired:
        t = ops.minimum(t, 80.0)
    y = layers.Flatten()(ops.exp(t) * np.array([10.0, 13.0], "float32"))
    reference = uniform(rng, 80, 4, 4, 2, low=-5, high=30)
    rows = sampled(rng, reference, 6)
    reference[:4, 0, 0] = 60
    rows[3, 2, 1] = [55, 58]
    return dict(model=Model(x, y, name="decoder"), rows=rows, reference=reference)
