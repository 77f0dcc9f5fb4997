"""One filter of the second convolution is NaN in the checkpoint, the layers before it are sound.

From https://github.com/JihongJu/keras-fcn/issues/6: parameters after conv5 are NaN, those before are not.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="conv5", operation=None),
    features=None,
    rows=list(range(5)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2001)
    model = Sequential(
        [
            layers.Input((10, 10, 3), name="image"),
            layers.Conv2D(4, 3, activation="tanh", name="conv4"),
            layers.Conv2D(5, 3, activation="tanh", name="conv5"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(3, "softmax", name="label"),
        ]
    )
    kernel, bias = model.get_layer("conv5").get_weights()
    if not repaired:
        kernel[..., 2] = np.nan
    model.get_layer("conv5").set_weights([kernel, bias])
    reference = uniform(rng, 60, 10, 10, 3)
    return dict(model=model, rows=sampled(rng, reference, 5), reference=reference)
