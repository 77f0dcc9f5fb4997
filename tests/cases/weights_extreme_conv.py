"""Convolution kernels of 1e20 in two layers after each other: the second overflows on ordinary images."""

from casekit import sampled, scale_weights, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(kind="operation", layer="conv_b", operation="Conv2D"),
    features=None,
    rows=list(range(4)),
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2201)
    model = Sequential(
        [
            layers.Input((6, 6, 1), name="image"),
            layers.Conv2D(3, 3, name="conv_a"),
            layers.Conv2D(3, 3, name="conv_b"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, name="y"),
        ]
    )
    if not repaired:
        scale_weights(model, 1e20, ["conv_a", "conv_b"])
    reference = uniform(rng, 60, 6, 6, 1)
    return dict(model=model, rows=sampled(rng, reference, 4), reference=reference)
