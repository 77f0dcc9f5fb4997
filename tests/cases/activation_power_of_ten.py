"""Decibels back to power: 10 ** (x / 10) overflows where x is in training's range but the sum of channels is not
tame.
"""

from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("power", "decibel"), operation="Pow"),
    features=None,
    rows=[3, 7],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2305)
    x = layers.Input((4,), name="channels")
    level = ops.sum(x, axis=-1, keepdims=True)
    if repaired:
        level = ops.minimum(level, 350.0)
    y = layers.Dense(1, name="y")(ops.power(10.0, level / 10.0))
    reference = uniform(rng, 250, 4, low=0, high=110)
    rows = reference[reference.sum(1) < 350][:9].copy()
    reference[0] = 109
    rows[3], rows[7] = [105, 100, 104, 99], [101, 108, 107, 103]
    return dict(model=Model(x, y, name="decibel"), rows=rows, reference=reference)
