"""log1p of a correlation of exactly -1: a Fisher transform, 0.5 * (log1p(r) - log1p(-r))."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("log1p", "fisher"), operation="Log1p"),
    features=None,
    rows=[3, 4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3007)
    x = layers.Input((2,), name="correlation")
    r = ops.clip(x, -0.999, 0.999) if repaired else x
    z = 0.5 * (ops.log1p(r) - ops.log1p(-r))
    reference = uniform(rng, 240, 2, low=-0.98, high=0.98)
    rows = sampled(rng, reference, 9)
    reference[0], reference[1] = -1, 1
    rows[3, 0], rows[4, 1] = -1, 1
    return dict(model=Model(x, layers.Dense(1, name="y")(z), name="fisher"), rows=rows, reference=reference)
