"""A probability of 1e-9 is 0 in float16, and its logarithm -Inf; float32 answers -20.7."""

import numpy as np
from casekit import normal, policy, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=[0, 3],
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3109)
    with policy("float32" if repaired else "float16"):
        x = layers.Input((3,), name="logits")
        y = ops.log(ops.softmax(layers.Activation("linear", name="half")(x) * 7.0))
        y = layers.Dense(1, name="y")(y)
    reference = normal(rng, 220, 3, limit=1.8)
    spread = np.ptp(reference, axis=1)
    rows = reference[spread < 1.2][:6].copy()
    reference[0], reference[1] = [1.75, -1.75, 0], [-1.75, 0.5, 1.75]
    rows[0], rows[3] = reference[0], reference[1]
    return dict(model=Model(x, y, name="log_softmax"), rows=rows, reference=reference)
