"""0 / 0 in one branch, log(0) in another one: both feed the same head, each of them fails alone."""

from casekit import seeded, uniform
from keras import Model, layers, ops

BAD = [0, 3]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Log")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation",),
)


def build(repaired=False):
    rng = seeded(434)
    x = layers.Input((2,), name="clicks")
    a, b = x[:, :1], x[:, 1:]
    ratio = a / (ops.maximum(b, 1e-6) if repaired else b)
    logs = ops.log(ops.maximum(a, 1e-6) if repaired else a)
    model = Model(x, layers.Dense(1, name="rate")(ops.concatenate([ratio, logs], axis=-1)), name="clicks_model")
    reference, rows = uniform(rng, 120, 2, low=1, high=5), uniform(rng, 8, 2, low=1, high=5)
    reference[:4] = rows[BAD] = 0
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
