"""Softmax by hand over all positions of a feature map, because it saved memory: exp of a few hundred overflows.

From https://github.com/psychopa4/PFNL/issues/9: exp and a division instead of the library's softmax.
"""

from casekit import seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("exp", "nonlocal"), operation="Exp"),
    features=None,
    rows=[1, 4],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2301)
    x = layers.Input((5, 5, 1), name="frame")
    f = layers.Reshape((25,), name="flat")(x) * 120.0
    if repaired:
        f = f - ops.max(f, axis=-1, keepdims=True)
    e = ops.exp(f)
    y = e / ops.sum(e, axis=-1, keepdims=True)
    y = layers.Dense(2, name="y")(y)
    reference = uniform(rng, 80, 5, 5, 1, high=0.7)
    reference[:5, 2, 2, 0] = 1.0
    rows = reference[20:26].copy()
    rows[1, 3, 1, 0], rows[4, 0, 4, 0] = 0.97, 1.0
    return dict(model=Model(x, y, name="nonlocal"), rows=rows, reference=reference)
