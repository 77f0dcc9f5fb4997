"""Two features of one row are far outside, each enough to overflow the exponential of its square by itself."""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("exp", "kernel"), operation="Exp"),
    features=["x1", "x3"],
    rows=[7],
    cured_by=("clip",),
)


def build():
    rng = seeded(1304)
    x = layers.Input((4,), name="point")
    y = layers.Dense(1, name="density")(ops.exp(ops.square(x)))
    reference = normal(rng, 260, 4)
    rows = sampled(rng, reference, 11)
    rows[7, 1], rows[7, 3] = 2200.0, -1750.0
    return dict(
        model=Model(x, y, name="kernel"),
        rows=rows,
        reference=reference,
        metadata={"features": ["x0", "x1", "x2", "x3"]},
    )
