"""One feed sends Kelvin, training had Celsius: the exponential of a vapour-pressure formula overflows."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("exp", "vapour"), operation="Exp"),
    features=["air"],
    rows=list(range(16)),
    cured_by=("rescale", "unit"),
)


def cure(built):
    rows = built["rows"].copy()
    rows[:, 0] -= 273.15
    return dict(rows=rows)


def build():
    rng = seeded(1206)
    x = layers.Input((2,), name="weather")
    pressure = ops.exp(x[:, :1] * 0.4)
    y = layers.Dense(1, name="dew")(layers.Concatenate()([pressure, x[:, 1:]]))
    reference = uniform(rng, 350, 2, low=-10, high=35)
    rows = sampled(rng, reference, 16)
    rows[:, 0] += 273.15
    return dict(
        model=Model(x, y, name="vapour"), rows=rows, reference=reference, metadata={"features": ["air", "ground"]}
    )
