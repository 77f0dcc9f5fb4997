"""A probability of 4e-11 is 0 in float16, and its logarithm -Inf; float32 answers -24."""

from casekit import policy, sampled, seeded, uniform
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
        x = layers.Input((2,), name="x")
        p = layers.Dense(2, "sigmoid", kernel_initializer="identity", name="probability")(x)
        y = layers.Dense(1, name="y")(ops.log(p))
    reference = uniform(rng, 220, 2, low=-8, high=8)
    rows = sampled(rng, reference, 6)
    reference[0], reference[1] = [-25, 3], [2, -25]
    rows[0, 0], rows[3, 1] = -24, -22
    return dict(model=Model(x, y, name="log_softmax"), rows=rows, reference=reference)
