"""A decoder ends in tanh, whose negative values are then taken the logarithm of.

From https://github.com/pkmital/tensorflow_tutorials/issues/23.
"""

import keras
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("log", "decoder"), operation="Log"),
    features=None,
    rows=list(range(6)),
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3006)
    x = layers.Input((3,), name="code")
    y = layers.Dense(
        4, "sigmoid" if repaired else "tanh", bias_initializer=keras.initializers.Constant(-4.0), name="pixels"
    )(x)
    reference = normal(rng, 200, 3, limit=1)
    rows = sampled(rng, reference, 6)
    return dict(model=Model(x, ops.log(y), name="decoder"), rows=rows, reference=reference)
