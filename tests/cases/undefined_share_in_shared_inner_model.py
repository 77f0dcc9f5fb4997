"""The same division by a count of 0 in an inner model that is called twice."""

from casekit import seeded, uniform
from keras import Model, layers, ops

BAD = [1, 5]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Rsqrt", "Log")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation",),
)


def build(repaired=False):
    rng = seeded(478)
    low = 1e-6 if repaired else None
    a = layers.Input((3,), name="values")
    total = ops.sum(a, axis=-1, keepdims=True)
    inner = Model(a, a / (ops.maximum(total, low) if low else total), name="share")
    x = layers.Input((3,), name="row")
    y = inner(x)
    y = inner(ops.sqrt(ops.maximum(y - 0.2, low) if low else ops.relu(y - 0.2)))
    y = ops.log(ops.maximum(y, low) if low else y + 1e-6)
    reference, rows = uniform(rng, 120, 3, low=1, high=2), uniform(rng, 8, 3, low=1, high=2)
    reference[:5] = rows[BAD] = 0
    return dict(model=Model(x, layers.Dense(1, name="y")(y), name="nested"), rows=rows, reference=reference)
