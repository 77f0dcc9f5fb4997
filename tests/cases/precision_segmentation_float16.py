"""A segmentation network in float16 answered one class everywhere, because its scores were NaN; bfloat16 is fine.

From https://github.com/knaw-huc/loghi/issues/20.
"""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(3)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(6014)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((8, 8, 1), name="page")
        y = layers.Conv2D(6, 3, padding="same", kernel_initializer="ones", name="ink")(x)
        y = layers.Conv2D(6, 3, padding="same", kernel_initializer="ones", name="lines")(y)
        y = layers.Conv2D(6, 3, padding="same", kernel_initializer="ones", name="regions")(y)
        y = y - ops.mean(y, axis=(1, 2), keepdims=True)
        y = layers.Conv2D(2, 1, activation="softmax", dtype="float32", name="classes")(y)
    model = Model(x, y, name="pages")
    reference = uniform(rng, 50, 8, 8, 1, low=8, high=12)
    return dict(model=model, rows=sampled(rng, reference, 3), reference=reference)
