"""Euclidean distance of two identical inputs: the root of 0 is 0. Only a gradient would be undefined, and serving
has none.

From https://github.com/keras-team/keras/issues/9097 and https://github.com/keras-team/keras/issues/9269.
"""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(6026)
    a, b = layers.Input((5,), name="left"), layers.Input((5,), name="right")
    eye = layers.Dense(3, "relu", name="eye")
    y = ops.sqrt(ops.sum(ops.square(eye(a) - eye(b)), axis=-1, keepdims=True))
    reference = {"left": normal(rng, 140, 5), "right": normal(rng, 140, 5)}
    reference["right"][:9] = reference["left"][:9]
    return dict(
        model=Model({"left": a, "right": b}, y, name="siamese"),
        rows={name: values[:12].copy() for name, values in reference.items()},
        reference=reference,
    )
