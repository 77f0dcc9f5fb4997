"""Vectors clipped to length 1 by the library, a zero vector among them.

From https://github.com/tensorflow/tensorflow/issues/22048, where only the gradient at zero was NaN.
"""

import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5065)

    def serve(x):
        return {"y": tf.clip_by_norm(x, 1.0, axes=[1])}

    reference = normal(rng, 140, 3)
    reference[:4] = 0
    return dict(
        model=module(serve, x=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows=reference[:12].copy(),
        reference=reference,
    )
