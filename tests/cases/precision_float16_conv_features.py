"""A convolution without normalisation, trained in float32, served in float16: feature maps of 90,000."""

from casekit import policy, sampled, scale_weights, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=dict(kind="operation", layer="conv_b", operation="Conv2D"),
    features=None,
    rows=list(range(4)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3106)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((8, 8, 1), name="image")
        y = layers.Conv2D(8, 3, kernel_initializer="ones", name="conv_a")(x)
        y = layers.Conv2D(4, 3, kernel_initializer="ones", name="conv_b")(y)
        y = layers.GlobalMaxPooling2D(name="peak")(y)
        y = layers.Dense(2, "softmax", dtype="float32", name="y")(y * 1e-4)
    model = Model(x, y, name="half_cnn")
    scale_weights(model, 20.0, ["conv_a", "conv_b"])
    reference = uniform(rng, 60, 8, 8, 1, low=0.7, high=1.0)
    return dict(model=model, rows=sampled(rng, reference, 4), reference=reference)
