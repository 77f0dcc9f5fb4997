"""Normalization built from numbers in a configuration file; a sign was lost and one variance is negative."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="scaler", operation=("Sqrt", "Rsqrt")),
    features=None,
    rows=list(range(8)),
    cured_by=("repair_statistics",),
)


def build(repaired=False):
    rng = seeded(2106)
    variance = [4.0, 1.5 if repaired else -1.5, 9.0]
    model = Sequential(
        [
            layers.Input((3,), name="tank"),
            layers.Normalization(mean=[1.0, 2.0, 3.0], variance=variance, name="scaler"),
            layers.Dense(4, "tanh", name="hidden"),
            layers.Dense(1, name="level"),
        ]
    )
    reference = normal(rng, 160, 3) * 2 + 2
    return dict(model=model, rows=sampled(rng, reference, 8), reference=reference)
