"""Variance of activations near 900 in float16: the square exceeds 65,504, the deviation is Inf, and whatever is
divided by it
becomes 0: a finite answer that has nothing of the row.

From https://github.com/pytorch/pytorch/issues/66707: layer norm has to be computed in float32.
"""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="absorbed",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(6)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3107)
    with policy("float32" if repaired else "float16"):
        x = layers.Input((8,), name="x")
        y = layers.Activation("linear", name="half")(x)
        y = y - ops.mean(y, axis=-1, keepdims=True)
        y = y / ops.sqrt(ops.mean(ops.square(y), axis=-1, keepdims=True) + 1.0)
        y = layers.Dense(2, name="y")(y)
    reference = uniform(rng, 160, 8, low=-900, high=900)
    reference[:, 0], reference[:, 1] = 890, -890
    return dict(model=Model(x, y, name="half_variance"), rows=sampled(rng, reference, 6), reference=reference)
