"""A router: softmax by hand at temperature 0.01, then argmax.

Exp overflows, Inf / Inf is NaN, and argmax answers class 0 for every confident row: an ordinary integer.
"""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="absorbed",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation=("Exp",)),
    features=None,
    rows=[1, 4, 6],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(516)
    x = layers.Input((5,), name="query")
    s = layers.Dense(5, name="scores")(x) / 0.01
    e = ops.exp(s - ops.max(s, axis=-1, keepdims=True)) if repaired else ops.exp(s)
    model = Model(x, ops.argmax(e / ops.sum(e, axis=-1, keepdims=True), axis=-1), name="router")
    kernel = np.eye(5, dtype="float32") * 0.5
    bias = np.array([-4, 0, 0, 0, 0], "float32")
    model.get_layer("scores").set_weights([kernel, bias])
    reference, rows = normal(rng, 200, 5), normal(rng, 8, 5, limit=1.0)
    rows[1, 2] = 2.7
    rows[4, 4] = 2.8
    rows[6, 1] = 2.9
    return dict(model=model, rows=rows, reference=reference)
