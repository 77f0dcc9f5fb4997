"""An exponent of 0.5 on a signed sum: power of a negative base is not real."""

from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("power", "root"), operation="Pow"),
    features=None,
    rows=[0, 5, 7],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3010)
    x = layers.Input((2,), name="flows")
    net = x[:, :1] - x[:, 1:]
    y = ops.power(ops.abs(net) if repaired else net, 0.7)
    reference = uniform(rng, 220, 2, low=0, high=10)
    falling = reference[reference[:, 0] < reference[:, 1] - 0.1]
    rows = reference[reference[:, 0] > reference[:, 1] + 0.1][:9].copy()
    rows[[0, 5, 7]] = falling[:3]
    return dict(model=Model(x, layers.Dense(1, name="y")(y), name="root"), rows=rows, reference=reference)
