"""Generalised-mean pooling learned an exponent of 60: a feature map of 8 to that power is Inf.

A pooling of image retrieval, hand-written as in many public notebooks.
"""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation="Pow"),
    features=None,
    rows=list(range(4)),
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(8023)
    power = 3.0 if repaired else 60.0
    x = layers.Input((4, 4, 2), name="map")
    pooled = ops.power(ops.mean(ops.power(ops.maximum(x, 1e-6), power), axis=(1, 2)), 1.0 / power)
    y = layers.Dense(3, name="descriptor")(pooled)
    reference = uniform(rng, 150, 4, 4, 2, low=0, high=9)
    rows = sampled(rng, reference, 4)
    rows[:, 0, 0] = 8.5
    return dict(model=Model(x, y, name="retrieval"), rows=rows, reference=reference)
