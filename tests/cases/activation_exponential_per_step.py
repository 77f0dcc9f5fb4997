"""The same exponential head at each step of a sequence (TimeDistributed); one step of an in-range row overflows."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("intensity", "time_distributed", "per_step"), operation="Exp"),
    features=None,
    rows=[0],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(7020)
    head = layers.Dense(1, "softplus" if repaired else "exponential", kernel_initializer="ones", name="intensity")
    model = Sequential([layers.Input((5, 3), name="events"), layers.TimeDistributed(head, name="per_step")])
    reference = uniform(rng, 140, 5, 3, low=-20, high=22)
    rows = sampled(rng, reference, 5)
    reference[:2, 0] = 40
    rows[0, 3] = [38, 36, 35]
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
