"""A generator that answers NaN after one combined training step: its first dense kernel is NaN, noise in, NaN out.

From https://github.com/eriklindernoren/Keras-GAN/issues/2.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="project", operation=None),
    features=None,
    rows=list(range(5)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2012)
    model = Sequential(
        [
            layers.Input((6,), name="noise"),
            layers.Dense(16, name="project"),
            layers.LeakyReLU(0.2, name="leak"),
            layers.Reshape((4, 4, 1), name="grid"),
            layers.Conv2DTranspose(2, 3, strides=2, padding="same", activation="tanh", name="paint"),
        ]
    )
    kernel, bias = model.get_layer("project").get_weights()
    model.get_layer("project").set_weights([kernel if repaired else kernel * np.nan, bias])
    reference = normal(rng, 120, 6)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 5), reference=reference)
