"""A convolution filter is NaN; max pooling answers the smallest float for it, and a softmax an ordinary class."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="strokes", operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(7004)
    model = Sequential(
        [
            layers.Input((7, 7, 1), name="digit"),
            layers.Conv2D(4, 3, name="strokes"),
            layers.MaxPooling2D(5, name="peak"),
            layers.Activation("sigmoid", name="squash"),
            layers.Flatten(),
            layers.Dense(3, "softmax", name="label"),
        ]
    )
    kernel, bias = model.get_layer("strokes").get_weights()
    bias[2] = 0.3 if repaired else np.nan
    model.get_layer("strokes").set_weights([kernel, bias])
    reference = uniform(rng, 70, 7, 7, 1)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
