"""A batch normalisation with sound statistics and a NaN gamma: the training broke it, adapting anew would not mend
it.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="norm", operation=None),
    features=None,
    rows=list(range(5)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(7007)
    model = Sequential(
        [
            layers.Input((9, 2), name="signal"),
            layers.Conv1D(3, 3, name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("tanh", name="act"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(1, name="y"),
        ]
    )
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    gamma[1] = 1.2 if repaired else np.nan
    model.get_layer("norm").set_weights([gamma, beta, mean, variance])
    reference = normal(rng, 100, 9, 2)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 5), reference=reference)
