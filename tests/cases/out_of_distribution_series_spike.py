"""One spike of a power meter (a counter that wrapped) inside a window; softplus written as log(1 + exp(x))."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("exp", "meter"), operation="Exp"),
    features=["watt"],
    rows=[3],
    cured_by=("clip",),
)


def build():
    rng = seeded(1305)
    x = layers.Input((12, 2), name="meter_window")
    y = ops.log(1.0 + ops.exp(x))
    y = layers.Dense(1, name="usage")(layers.GlobalAveragePooling1D(name="mean")(y))
    reference = uniform(rng, 150, 12, 2, low=0, high=6)
    rows = sampled(rng, reference, 8)
    rows[3, 6, 0] = 40960.0
    return dict(
        model=Model(x, y, name="meter"), rows=rows, reference=reference, metadata={"features": ["watt", "volt"]}
    )
