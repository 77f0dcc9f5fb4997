"""A sigmoid written as exp(x) / (1 + exp(x)): right for negative x, Inf / Inf for large positive x."""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("exp", "gate"), operation="Exp"),
    features=None,
    rows=[6],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2309)
    x = layers.Input((3,), name="x")
    z = layers.Dense(1, kernel_initializer="ones", name="sum")(x) * 14.0
    e = ops.exp(z)
    y = ops.sigmoid(z) if repaired else e / (1.0 + e)
    reference = normal(rng, 200, 3)
    rows = reference[reference.sum(1) < 5][:9].copy()
    reference[0] = 2.6
    rows[6] = 2.4
    return dict(model=Model(x, y, name="gate"), rows=rows, reference=reference)
