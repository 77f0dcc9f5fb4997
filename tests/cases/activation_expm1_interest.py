"""Compound growth expm1(rate * years) in the model; long terms at the edge of training overflow."""

from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("expm1", "growth"), operation="Expm1"),
    features=None,
    rows=[4, 8],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2308)
    x = layers.Input((2,), name="loan")
    exponent = x[:, :1] * x[:, 1:]
    if repaired:
        exponent = ops.minimum(exponent, 60.0)
    y = layers.Dense(1, name="y")(ops.expm1(exponent))
    reference = uniform(rng, 260, 2, low=0, high=10)
    rows = reference[reference.prod(1) < 60][:12].copy()
    reference[0] = 9.9
    rows[4], rows[8] = [9.7, 9.6], [9.5, 9.8]
    return dict(
        model=Model(x, y, name="growth"), rows=rows, reference=reference, metadata={"features": ["rate", "years"]}
    )
