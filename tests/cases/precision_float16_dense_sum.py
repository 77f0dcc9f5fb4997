"""A sum of 2,000 activations of about 40 exceeds 65,504 in a mixed_float16 dense layer.

The layer norm behind it sees three equal sums, so that it amplifies what float32 rounds of them.
"""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=dict(kind="operation", layer="pool_sum", operation=("MatMul", "_FusedMatMul")),
    features=None,
    rows=list(range(5)),
    cured_by=("float32", "float64"),
)


def build(repaired=False):
    rng = seeded(3104)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((20,), name="counts")
        y = layers.Dense(100, kernel_initializer="ones", name="spread")(x)
        y = layers.Dense(3, kernel_initializer="ones", name="pool_sum")(y)
        y = layers.Dense(1, dtype="float32", name="y")(layers.LayerNormalization(name="norm")(y))
    reference = uniform(rng, 180, 20, low=35, high=60)
    return dict(model=Model(x, y, name="half_sum"), format="h5", rows=sampled(rng, reference, 5), reference=reference)
