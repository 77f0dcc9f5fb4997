"""A hot pixel of 30000 in an image of 0 to 1: a squared contrast under exp overflows."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("exp", "stars"), operation="Exp"),
    features=[0],
    rows=[2, 3],
    cured_by=("clip",),
)


def build():
    rng = seeded(1308)
    x = layers.Input((7, 7, 1), name="sky")
    y = ops.exp(layers.Conv2D(2, 2, kernel_initializer="ones", name="blobs")(x))
    y = layers.Dense(1, name="magnitude")(layers.GlobalAveragePooling2D(name="mean")(y))
    reference = uniform(rng, 90, 7, 7, 1)
    rows = sampled(rng, reference, 6)
    rows[2, 3, 3, 0], rows[3, 1, 5, 0] = 30000.0, 25500.0
    return dict(model=Model(x, y, name="stars"), rows=rows, reference=reference)
