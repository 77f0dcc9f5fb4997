"""Batch normalisation of a temporal network with variance exactly minus epsilon: the root of zero, then a division
by it.
"""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="norm", operation=("Rsqrt", "Mul", "RealDiv", "FusedBatchNormV3")),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2108)
    model = Sequential(
        [
            layers.Input((12, 2), name="signal"),
            layers.Conv1D(4, 3, name="conv"),
            layers.BatchNormalization(epsilon=0.0009765625, name="norm"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(1, name="y"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    variance[2] = 0.5 if repaired else -0.0009765625
    model.get_layer("norm").set_weights([gamma, beta, mean, variance])
    reference = normal(rng, 90, 12, 2)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
