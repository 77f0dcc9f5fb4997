"""The model inverts a Box-Cox transform with lambda 0.02 itself.

(0.02 z + 1) ** 50 overflows for customers at the upper edge of training.
"""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation=("Pow",)),
    features=None,
    rows=[2, 7],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build():
    rng = seeded(515)
    x = layers.Input((3,), name="customer")
    z = layers.Dense(1, name="linear")(x)
    model = Model(x, ops.power(0.02 * z + 1.0, 50.0), name="spend")
    model.get_layer("linear").set_weights([np.full((3, 1), 40, "float32"), np.zeros(1, "float32")])
    reference, rows = normal(rng, 300, 3), normal(rng, 11, 3, limit=1.2)
    reference[:3] = 3.0
    rows[[2, 7]] = 2.9
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["recency", "frequency", "value"]})
