"""exp(12) is 162,755: fine in float32, Inf in float16, where the largest number is 65,504."""

from casekit import policy, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=dict(kind="operation", layer=("exp", "half_exp"), operation="Exp"),
    features=None,
    rows=[0, 2],
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3103)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((2,), name="x")
        y = ops.exp(layers.Dense(1, kernel_initializer="ones", name="sum")(x))
        y = layers.Dense(1, dtype="float32", name="y")(y)
    reference = uniform(rng, 240, 2, low=0, high=6.5)
    rows = reference[reference.sum(1) < 9][:7].copy()
    reference[0] = 6.4
    rows[0], rows[2] = [6.2, 6.1], [6.3, 5.9]
    return dict(model=Model(x, y, name="half_exp"), rows=rows, reference=reference)
