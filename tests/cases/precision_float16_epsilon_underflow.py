"""An epsilon of 1e-12 is 0 in float16: LayerNorm by hand over constant rows divides 0 by 0, in float32 it answers 0.

From https://github.com/tensorflow/tensorflow/pull/24979 and https://github.com/pytorch/pytorch/issues/41527.
"""

import numpy as np
from casekit import policy, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=[1, 4],
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3102)
    with policy("float32" if repaired else "float16"):
        x = layers.Input((6,), name="hidden_in")
        h = layers.Activation("linear", name="half")(x)
        mean = ops.mean(h, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(h - mean), axis=-1, keepdims=True)
        y = (h - mean) * ops.rsqrt(variance + 1e-12)
        y = layers.Dense(2, name="y")(y)
    reference = rng.integers(-3, 4, (200, 6)).astype("float32")
    rows = reference[np.ptp(reference, axis=1) > 1][:7].copy()
    reference[:4] = 0
    rows[[1, 4]] = 0
    return dict(model=Model(x, y, name="half_norm"), rows=rows, reference=reference)
