"""A Poisson rate exp(score): well trained on most rows, a few in-range rows have scores near 100."""

from casekit import normal, scale_weights, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("rate",), operation="Exp"),
    features=None,
    rows=[0, 3, 9],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2302)
    model = Sequential(
        [
            layers.Input((4,), name="x"),
            layers.Dense(1, "softplus" if repaired else "exponential", kernel_initializer="ones", name="rate"),
        ]
    )
    scale_weights(model, 12.0)
    reference = normal(rng, 400, 4)
    total = reference.sum(1) * 12
    rows = reference[total < 80][:14].copy()
    reference[0] = 2.9
    rows[[0, 3, 9]] = [[2.5, 2.6, 2.7, 2.8], [2.9, 2.9, 2.9, 1.0], [2.4, 2.4, 2.4, 2.4]]
    return dict(model=model, rows=rows, reference=reference)
