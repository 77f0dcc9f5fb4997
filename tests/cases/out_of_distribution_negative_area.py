"""A measured area of -5 in one step of a series, through a square root; training had positive ones only."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("sqrt", "leaf"), operation="Sqrt"),
    features=["area"],
    rows=[1, 5],
    cured_by=("clip",),
)


def build():
    rng = seeded(7024)
    x = layers.Input((5, 2), name="days")
    y = layers.GRU(3, name="memory")(ops.sqrt(x))
    reference = uniform(rng, 150, 5, 2, low=0.5, high=9)
    rows = sampled(rng, reference, 7)
    rows[1, 2, 0], rows[5, 4, 0] = -5.0, -3.25
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="leaf"),
        rows=rows,
        reference=reference,
        metadata={"features": ["area", "light"]},
    )
