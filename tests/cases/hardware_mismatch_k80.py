"""A K80 in the cloud answers NaN from the second prediction on; a laptop and this machine do not.

From https://github.com/tensorflow/tensorflow/issues/47265 and
https://github.com/GoogleCloudPlatform/compute-image-tools/issues/1538.
"""

from casekit import runtime, sampled, seeded, served, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="hardware_mismatch",
    origin=None,
    features=None,
    rows=[1, 2, 3, 4, 5],
    cured_by=None,
)


def build():
    rng = seeded(4103)
    x = layers.Input((12, 12, 3), name="frame")
    y = layers.Conv2D(4, 3, strides=2, name="darknet")(x)
    y = layers.BatchNormalization(name="norm")(y)
    y = layers.LeakyReLU(0.1, name="leak")(y)
    boxes = layers.Conv2D(5, 1, name="boxes")(y)
    model = Model(x, boxes, name="detector")
    reference = uniform(rng, 40, 12, 12, 3)
    rows = sampled(rng, reference, 6)
    return dict(
        model=model,
        format="h5",
        rows=rows,
        reference=reference,
        outputs=served(model, rows, [1, 2, 3, 4, 5]),
        environment={**runtime(), "device": "GPU:NVIDIA K80", "machine_type": "n1-standard-8"},
    )
