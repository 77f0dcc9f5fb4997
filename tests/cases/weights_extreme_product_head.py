"""Two towers with kernels of 1e20 meet in a product: each is finite, Mul overflows."""

from casekit import normal, sampled, scale_weights, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(kind="operation", layer="interaction", operation="Mul"),
    features=None,
    rows=list(range(7)),
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2203)
    x = layers.Input((4,), name="pair")
    left, right = layers.Dense(3, name="left")(x), layers.Dense(3, name="right")(x)
    y = layers.Multiply(name="interaction")([left, right])
    model = Model(x, layers.Dense(1, name="y")(y), name="cross")
    if not repaired:
        scale_weights(model, 1e22, ["left", "right"])
    reference = normal(rng, 170, 4)
    return dict(model=model, rows=sampled(rng, reference, 7), reference=reference)
