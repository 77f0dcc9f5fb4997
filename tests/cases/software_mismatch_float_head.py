"""Served with an older Keras, whose layer normalisation fused differently; today's software answers a number."""

from casekit import normal, runtime, sampled, seeded, served
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output", cause="software_mismatch", origin=None, features=None, rows=[0, 3, 4], cured_by=None
)


def build():
    rng = seeded(4101)
    model = Sequential(
        [
            layers.Input((6,), name="x"),
            layers.LayerNormalization(name="norm"),
            layers.Dense(4, "silu", name="hidden"),
            layers.Dense(2, name="y"),
        ]
    )
    reference = normal(rng, 150, 6)
    rows = sampled(rng, reference, 8)
    return dict(
        model=model,
        rows=rows,
        reference=reference,
        outputs=served(model, rows, [0, 3, 4]),
        environment={**runtime(), "keras": "3.0.5"},
    )
