"""Each image is standardised by its own mean and deviation, without an epsilon: a plain background has deviation 0.

From https://github.com/vanvalenlab/deepcell-toolbox/issues/71.
"""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "cells"), operation=("RealDiv", "Div")),
    features=None,
    rows=[2],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6008)
    x = layers.Input((7, 7, 1), name="field")
    mean, deviation = ops.mean(x, axis=(1, 2), keepdims=True), ops.std(x, axis=(1, 2), keepdims=True)
    z = (x - mean) / (deviation + 1e-3 if repaired else deviation)
    y = layers.Conv2D(2, 3, activation="tanh", name="nuclei")(z)
    y = layers.Dense(1, name="count")(layers.GlobalAveragePooling2D(name="pooled")(y))
    reference = uniform(rng, 80, 7, 7, 1)
    rows = sampled(rng, reference, 5)
    reference[:2] = 0.25
    rows[2] = 0.25
    return dict(model=Model(x, y, name="cells"), rows=rows, reference=reference)
