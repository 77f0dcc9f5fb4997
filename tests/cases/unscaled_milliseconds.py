"""Durations come in milliseconds since the client was upgraded; training had seconds. A Weibull hazard, exp(t),
overflows.
"""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("exp", "hazard"), operation="Exp"),
    features=["duration"],
    rows=list(range(20)),
    cured_by=("rescale", "unit"),
)


def cure(built):
    rows = built["rows"].copy()
    rows[:, 1] /= 1000
    return dict(rows=rows)


def build():
    rng = seeded(1205)
    x = layers.Input((3,), name="job")
    y = ops.exp(layers.Dense(1, kernel_initializer="ones", name="sum")(x))
    reference = uniform(rng, 300, 3, low=1, high=9)
    rows = sampled(rng, reference, 20)
    rows[:, 1] *= 1000
    return dict(
        model=Model(x, y, name="hazard"),
        rows=rows,
        reference=reference,
        metadata={"features": ["priority", "duration", "retries"]},
    )
