"""The root of a variance that rounding made negative, then a division by a range that is 0."""

from casekit import seeded, uniform
from keras import Model, layers, ops

BAD = [1, 6]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Sqrt", "RealDiv", "Log")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation",),
)


def build(repaired=False):
    rng = seeded(433)
    x = layers.Input((6,), name="readings")
    margin = x[:, :1] - x[:, 1:2]
    root = ops.sqrt(ops.maximum(margin, 1e-6) if repaired else margin)
    inner = x[:, 2:3] - x[:, 3:4]
    scaled = root / (ops.where(ops.abs(inner) > 1e-6, inner, 1e-6) if repaired else inner)
    model = Model(
        x,
        layers.Dense(1, name="drift")(ops.tanh(scaled) + ops.sqrt(ops.maximum(scaled, 1e-6) if repaired else scaled)),
        name="readings_model",
    )

    def made(count, bad):
        data = uniform(rng, count, 6)
        data[:, 0] = data[:, 1] + 0.5
        data[:, 2] = data[:, 3] + 0.25
        data[bad, 0] = data[bad, 1] - 0.1
        data[bad, 2] = data[bad, 3] - 0.25
        return data

    return dict(model=model, rows=made(9, BAD), reference=made(150, [4, 30]))
