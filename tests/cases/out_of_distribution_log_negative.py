"""A refund: the amount is negative for the first time, and the model takes log1p of it."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("log1p", "spend"), operation="Log1p"),
    features=["amount"],
    rows=[2, 9],
    cured_by=("clip",),
)


def build():
    rng = seeded(1302)
    x = layers.Input((3,), name="booking")
    y = layers.Dense(5, "tanh", name="hidden")(ops.log1p(x))
    reference = uniform(rng, 300, 3, low=0, high=80)
    rows = sampled(rng, reference, 14)
    rows[2, 0], rows[9, 0] = -17.5, -43.25
    return dict(
        model=Model(x, layers.Dense(1, name="value")(y), name="spend"),
        rows=rows,
        reference=reference,
        metadata={"features": ["amount", "items", "nights"]},
    )
