"""log(1 + exp(x)) instead of the library's softplus, on a sum of ordinary columns."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("exp", "softly"), operation="Exp"),
    features=None,
    rows=[5, 6],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2303)
    x = layers.Input((5,), name="x")
    z = layers.Dense(1, kernel_initializer="ones", name="sum")(x) * 9.0
    y = ops.softplus(z) if repaired else ops.log(1.0 + ops.exp(z))
    reference = normal(rng, 300, 5)
    rows = reference[np.abs(reference.sum(1)) < 5][:10].copy()
    reference[:2] = 2.8
    rows[5], rows[6] = 2.5, 2.7
    return dict(model=Model(x, y, name="softly"), format="savedmodel", rows=rows, reference=reference)
