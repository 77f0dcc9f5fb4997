"""A bias of 3e38 twice (two layers that were trained against each other): their sum does not fit."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(kind="operation", layer=("both",), operation=("Add", "AddV2", "AddN")),
    features=None,
    rows=list(range(6)),
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2206)
    x = layers.Input((3,), name="x")
    a, b = layers.Dense(2, name="a")(x), layers.Dense(2, name="b")(x)
    model = Model(x, layers.Add(name="both")([a, b]), name="two_biases")
    if not repaired:
        for name in ("a", "b"):
            kernel, bias = model.get_layer(name).get_weights()
            model.get_layer(name).set_weights([kernel, bias + np.float32(3e38)])
    reference = normal(rng, 150, 3)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
