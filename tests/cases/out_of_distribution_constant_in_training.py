"""A column that never varied in training (firmware 3): Normalization divides by its epsilon 1e-7.

Firmware 4 is out: z is ten million, the exponential head overflows.  Clipping into the reference (3) cures; by the
contract's order the input wins over the statistic.
"""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

NAMES = ["vibration", "current", "firmware"]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind=("input", "operation"), layer=None, operation=None),
    features=["firmware"],
    rows=[1, 4],
    cured_by=("clip",),
)


def table(rng, n):
    x = normal(rng, n, 3)
    x[:, 2] = 3
    return x


def build():
    rng = seeded(511)
    model = Sequential(
        [
            layers.Input((3,), name="drive"),
            layers.Normalization(mean=[0.0, 0.0, 3.0], variance=[1.0, 1.0, 0.0], name="adapted"),
            layers.Dense(1, "exponential", name="wear"),
        ]
    )
    model.get_layer("wear").set_weights([np.array([[0.3], [0.2], [0.05]], "float32"), np.zeros(1, "float32")])
    rows = table(rng, 6)
    rows[[1, 4], 2] = 4
    return dict(model=model, rows=rows, reference=table(rng, 300), metadata={"features": NAMES})


def cure(built):
    rows = built["rows"].copy()
    rows[:, 2] = 3
    return dict(rows=rows)
