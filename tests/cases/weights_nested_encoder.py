"""The NaN sits in an encoder that is a model inside the model, as transfer learning leaves it."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("block_2", "encoder"), operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2013)
    encoder = Sequential(
        [
            layers.Input((8, 2), name="clip"),
            layers.Conv1D(3, 3, activation="tanh", name="block_1"),
            layers.Conv1D(3, 3, activation="tanh", name="block_2"),
        ],
        name="encoder",
    )
    x = layers.Input((8, 2), name="audio")
    y = layers.Dense(1, name="speech")(layers.GlobalAveragePooling1D(name="mean")(encoder(x)))
    kernel, bias = encoder.get_layer("block_2").get_weights()
    bias[1] = 0.0 if repaired else np.nan
    encoder.get_layer("block_2").set_weights([kernel, bias])
    reference = normal(rng, 100, 8, 2)
    return dict(model=Model(x, y, name="detector"), rows=sampled(rng, reference, 6), reference=reference)
