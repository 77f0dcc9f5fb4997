"""A depthwise network whose last normalisation has a negative variance in one of eight channels, saved as a
SavedModel.

From https://github.com/keras-team/keras/pull/18795: moments without a guarantee of variance >= 0.
"""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="norm_b", operation=("Rsqrt", "Sqrt", "FusedBatchNormV3")),
    features=None,
    rows=list(range(4)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2107)
    model = Sequential(
        [
            layers.Input((8, 8, 2), name="image"),
            layers.SeparableConv2D(8, 3, name="sep"),
            layers.BatchNormalization(name="norm_a"),
            layers.Activation("hard_sigmoid", name="act"),
            layers.DepthwiseConv2D(3, name="depth"),
            layers.BatchNormalization(name="norm_b"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, name="y"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("norm_b").get_weights()
    variance[7] = 0.1 if repaired else -0.002
    model.get_layer("norm_b").set_weights([gamma, beta, mean, variance - (0.0 if repaired else 1e-3) * (variance < 0)])
    reference = uniform(rng, 50, 8, 8, 2)
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 4), reference=reference)
