"""One cell holds 3e38, and nothing is known of training."""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(kind="operation", layer=None, operation=("MatMul", "BiasAdd", "AddV2")),
    features=None,
    rows=[3],
    cured_by=None,
)


def cure(built):
    rows = built["rows"].copy()
    rows[3, 1] = 0
    return dict(rows=rows)


def build():
    rng = seeded(464)
    model = Sequential(
        [
            layers.Input((4,), name="row"),
            layers.Dense(16, kernel_initializer="random_normal", name="wide"),
            layers.Dense(8, name="deep"),
            layers.Dense(1, name="y"),
        ]
    )
    rows = normal(rng, 8, 4)
    model.layers[0].set_weights([2.0 * np.sign(model.layers[0].get_weights()[0]), np.zeros(16)])
    rows[3, 1] = 3e38
    return dict(model=model, rows=rows)
