"""Served by exactly this software on a CPU, NaN there and a number here: an honest "not reproduced"."""

from casekit import normal, runtime, sampled, seeded, served
from keras import Model, layers

CASE = dict(symptom="nonfinite_output", cause="not_reproduced", origin=None, features=None, rows=[1, 6], cured_by=None)


def build():
    rng = seeded(4106)
    x = layers.Input((5,), name="x")
    h = layers.Dense(6, "tanh", name="hidden")(x)
    model = Model(
        x, {"mean": layers.Dense(1, name="mean")(h), "scale": layers.Dense(1, "softplus", name="scale")(h)}, name="pair"
    )
    reference = normal(rng, 140, 5)
    rows = sampled(rng, reference, 8)
    return dict(
        model=model,
        format="savedmodel",
        rows=rows,
        reference=reference,
        outputs=served(model, rows, [1, 6]),
        environment=runtime(),
    )
