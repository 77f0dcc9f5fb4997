"""A running variance kept by hand-made streaming code was written back into the layer as a difference of two large
squares.

From https://github.com/microsoft/CNTK/issues/3816: rounding makes the mean of squares negative, the root of it
NaN.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="stream_norm", operation=("Rsqrt", "Sqrt", "FusedBatchNormV3")),
    features=None,
    rows=list(range(10)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2109)
    reference = (normal(rng, 200, 3) * 0.5 + np.array([9000, 9000, 3])).astype("float32")
    model = Sequential(
        [
            layers.Input((3,), name="sensor"),
            layers.BatchNormalization(name="stream_norm"),
            layers.Dense(4, "tanh", name="hidden"),
            layers.Dense(1, name="y"),
        ]
    )
    gamma, beta, _, _ = model.get_layer("stream_norm").get_weights()
    mean = reference.mean(0)
    variance = reference.var(0)
    if not repaired:
        variance[0] = -8.0  # the distance of two neighbouring float32 numbers at 9000 squared
    model.get_layer("stream_norm").set_weights([gamma, beta, mean, variance])
    return dict(model=model, rows=sampled(rng, reference, 10), reference=reference)
