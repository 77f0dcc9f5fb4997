"""9999.9 is "missing" in a weather archive; the saturation pressure that the model computes overflows there."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    sentinel=9999.9,
    origin=dict(kind="operation", layer=("exp", "moist"), operation="Exp"),
    features=["dew_point"],
    rows=[0, 1, 5, 7],
    cured_by=("impute",),
)


def build():
    rng = seeded(1030)
    x = layers.Input((3,), name="station")
    pressure = ops.exp(x[:, 1:2] * 0.07)
    y = layers.Dense(1, name="fog")(layers.Concatenate()([x[:, :1], pressure, x[:, 2:]]))
    reference = uniform(rng, 400, 3, low=-20, high=35)
    rows = sampled(rng, reference, 14)
    rows[[0, 1, 5, 7], 1] = 9999.9
    return dict(
        model=Model(x, y, name="moist"),
        rows=rows,
        reference=reference,
        metadata={"features": ["air", "dew_point", "wind"]},
    )
