"""Prediction on images from 0 to 255, training on 0 to 1: the per-pixel softmax by hand overflows.

From https://github.com/ayushdabra/dubai-satellite-imagery-segmentation/issues/3: wrong masks until the image was
divided.
"""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("exp", "masks"), operation="Exp"),
    features=None,
    rows=list(range(6)),
    cured_by=("rescale",),
)


def cure(built):
    return dict(rows=built["rows"] / 255)


def build():
    rng = seeded(1203)
    x = layers.Input((8, 8, 3), name="aerial")
    y = layers.Conv2D(3, 1, kernel_initializer="ones", name="classes")(x)
    y = ops.exp(y)
    y = y / ops.sum(y, axis=-1, keepdims=True)
    reference = uniform(rng, 60, 8, 8, 3)
    rows = sampled(rng, reference, 6) * 255
    return dict(model=Model(x, y, name="masks"), rows=rows, reference=reference)
