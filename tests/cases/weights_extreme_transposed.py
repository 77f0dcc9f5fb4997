"""A generator's transposed convolution with kernels of 1e25 behind another of 1e25."""

from casekit import sampled, scale_weights, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(kind="operation", layer="grow_b", operation=("Conv2DBackpropInput", "Conv2D")),
    features=None,
    rows=list(range(4)),
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2207)
    model = Sequential(
        [
            layers.Input((3, 3, 2), name="seed_map"),
            layers.Conv2DTranspose(2, 2, strides=2, name="grow_a"),
            layers.Conv2DTranspose(2, 2, strides=2, name="grow_b"),
            layers.GlobalAveragePooling2D(name="mean"),
        ]
    )
    if not repaired:
        scale_weights(model, 1e22, ["grow_a", "grow_b"])
    reference = uniform(rng, 70, 3, 3, 2, low=0.2)
    return dict(model=model, rows=sampled(rng, reference, 4), reference=reference)
