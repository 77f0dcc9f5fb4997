"""Every residual block multiplies by 1e11; after four of them the product does not fit float32."""

from casekit import normal, sampled, scale_weights, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(
        kind="operation", layer=("block_3", "block_4", "head"), operation=("MatMul", "Add", "AddV2", "BiasAdd")
    ),
    features=None,
    rows=list(range(8)),
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2202)
    x = layers.Input((5,), name="x")
    y = x
    for i in range(1, 5):
        y = layers.Add(name=f"add_{i}")([y, layers.Dense(5, name=f"block_{i}")(y)])
    model = Model(x, layers.Dense(1, name="head")(y), name="residual")
    if not repaired:
        scale_weights(model, 1e11, [f"block_{i}" for i in range(1, 5)])
    reference = normal(rng, 180, 5)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 8), reference=reference)
