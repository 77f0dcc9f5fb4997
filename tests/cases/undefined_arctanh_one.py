"""The inverse hyperbolic tangent of a saturated activation: tanh of 20 is exactly 1 in float32.

A clip makes it finite, and half of what float64 answers.
"""

import numpy as np
from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("arctanh", "unsquash"), operation="Atanh"),
    features=None,
    rows=[2],
    cured_by=("float64",),
)


def build(repaired=False):
    rng = seeded(3008)
    x = layers.Input((3,), name="latent")
    squashed = ops.tanh(x * 8.0)
    if repaired:
        squashed = ops.clip(squashed, -0.99999, 0.99999)
    y = layers.Dense(1, name="y")(ops.arctanh(squashed))
    reference = uniform(rng, 200, 3, low=-0.8, high=0.8)
    rows = reference[np.abs(reference).max(1) < 0.6][:8].copy()
    reference[0] = 2.4
    rows[2, 1] = 2.2
    return dict(model=Model(x, y, name="unsquash"), rows=rows, reference=reference)
