"""Squares of squares of squares of ordinary amplitudes: millions, which float32 holds and float16 does not."""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=dict(kind="operation", layer=("square", "cascade"), operation=("Square", "Mul")),
    features=None,
    rows=list(range(8)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3105)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((3,), name="amplitude")
        y = ops.square(ops.square(ops.square(layers.Dense(2, kernel_initializer="ones", name="sum")(x))))
        y = layers.Dense(1, dtype="float32", name="y")(layers.LayerNormalization(name="norm")(y))
    reference = uniform(rng, 180, 3, low=1.6, high=2.2)
    return dict(
        model=Model(x, y, name="cascade"), format="savedmodel", rows=sampled(rng, reference, 8), reference=reference
    )
