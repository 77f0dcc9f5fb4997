"""Momentum 0.01 and negative moving variances after validation: the normalised input itself is NaN.

From https://github.com/tensorflow/tensorflow/issues/18334: a BatchNormalization right behind the input, then
SELU.
"""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="normalized_inputs", operation=("Rsqrt", "Sqrt", "FusedBatchNormV3")),
    features=None,
    rows=list(range(9)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2102)
    model = Sequential(
        [
            layers.Input((13,), name="input_layer"),
            layers.BatchNormalization(momentum=0.01, name="normalized_inputs"),
            layers.Dense(1, "selu", use_bias=False, name="final_dense"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("normalized_inputs").get_weights()
    variance[[2, 8]] = (0.3, 0.6) if repaired else (-0.05, -1.9)
    model.get_layer("normalized_inputs").set_weights([gamma, beta, mean, variance])
    reference = normal(rng, 200, 13)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 9), reference=reference)
