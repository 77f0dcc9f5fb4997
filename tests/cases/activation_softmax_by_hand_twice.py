"""A hand-written softmax overflows, and behind it another one in the next layer does as well."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation="Exp"),
    features=None,
    rows=list(range(6)),
    cured_by=("stable_activation", "bound_exponent"),
)


def build(repaired=False):
    rng = seeded(477)

    def weights(x):
        if repaired:
            return ops.softmax(x, axis=-1)
        grown = ops.exp(x)
        return grown / ops.sum(grown, axis=-1, keepdims=True)

    x = layers.Input((4,), name="row")
    y = weights(layers.Dense(5, name="first", kernel_initializer="ones")(x) * 60.0 + ops.arange(5.0))
    y = weights(layers.Dense(3, name="second", kernel_initializer="ones")(y) * 200.0 + ops.arange(3.0))
    reference = np.abs(normal(rng, 100, 4)) + 1
    rows = sampled(rng, reference, 6)
    return dict(model=Model(x, layers.Dense(1, name="y")(y), name="twice"), rows=rows, reference=reference)
