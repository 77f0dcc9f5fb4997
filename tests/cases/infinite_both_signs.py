"""A growth rate from a base of zero: +Inf where something came, -Inf where a negative booking came. Their sum is
NaN.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["growth", "margin"],
    rows=[0, 5],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1103)
    model = Sequential(
        [
            layers.Input((4,), name="firm"),
            layers.Dense(7, name="linear"),
            layers.LayerNormalization(name="norm"),
            layers.Dense(1, name="score"),
        ]
    )
    reference = normal(rng, 200, 4)
    rows = sampled(rng, reference, 8)
    rows[0, 1], rows[5, 3] = np.inf, -np.inf
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["size", "growth", "age", "margin"]})
