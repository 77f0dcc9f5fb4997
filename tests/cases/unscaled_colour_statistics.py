"""Images are neither divided by 255 nor standardised with the colour means; exp of a feature overflows.

From https://github.com/apache/mxnet/issues/12063: a tutorial whose prediction lacked the normalisation.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=None, operation="Exp"),
    features=None,
    rows=list(range(5)),
    cured_by=("rescale",),
)


def cure(built):
    return dict(rows=built["rows"] / 255)


def build():
    rng = seeded(6024)
    x = layers.Input((6, 6, 3), name="image")
    y = layers.Conv2D(2, 3, kernel_initializer="ones", name="blobs")(x) * 0.5
    y = layers.Dense(2, name="y")(layers.GlobalAveragePooling2D(name="mean")(ops.exp(y)))
    reference = uniform(rng, 70, 6, 6, 3)
    rows = np.round(sampled(rng, reference, 5) * 255)
    return dict(model=Model(x, y, name="pretrained"), rows=rows.astype("float32"), reference=reference)
