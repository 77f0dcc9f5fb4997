"""A channel that was constant in training, moving variance 0, and epsilon 0 in the export: 0 / 0.

From https://github.com/Dobiasd/frugally-deep/pull/384: a pixel that is always black has variance zero.
"""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(
        kind="operation", layer="norm", operation=("Rsqrt", "Mul", "RealDiv", "FusedBatchNormV3", "Reciprocal")
    ),
    features=None,
    rows=list(range(7)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2101)
    model = Sequential(
        [
            layers.Input((4,), name="pixel"),
            layers.BatchNormalization(epsilon=0.0, name="norm"),
            layers.Dense(3, "tanh", name="hidden"),
            layers.Dense(1, name="y"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    variance[1] = 0.2 if repaired else 0.0
    model.get_layer("norm").set_weights([gamma, beta, mean, variance])
    reference = uniform(rng, 200, 4)
    return dict(model=model, rows=sampled(rng, reference, 7), reference=reference)
