"""Six normalisation layers, and the fourth has a negative moving variance: the walk must end there.

From https://github.com/keras-team/keras/issues/9646, where statistics of several layers are printed, some
negative.
"""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="batch_normalization_4", operation=("Rsqrt", "Sqrt", "FusedBatchNormV3")),
    features=None,
    rows=list(range(5)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2103)
    model = Sequential([layers.Input((6,), name="words")])
    for i in range(1, 7):
        model.add(layers.Dense(5, "tanh", name=f"dense_{i}"))
        model.add(layers.BatchNormalization(name=f"batch_normalization_{i}"))
    gamma, beta, mean, variance = model.get_layer("batch_normalization_4").get_weights()
    variance[0] = 0.32 if repaired else -0.32
    model.get_layer("batch_normalization_4").set_weights([gamma, beta, mean, variance])
    reference = normal(rng, 150, 6)
    return dict(model=model, rows=sampled(rng, reference, 5), reference=reference)
