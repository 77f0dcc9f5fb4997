"""Flags as booleans next to numbers."""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5052)
    kernel = tf.Variable(rng.normal(size=(3, 1)).astype("float32"))

    def serve(flag, x):
        return {"y": tf.where(flag, tf.matmul(x, kernel), tf.zeros((1, 1)))}

    reference = {"flag": rng.random((150, 1)) < 0.4, "x": normal(rng, 150, 3)}
    specs = dict(flag=tf.TensorSpec((None, 1), tf.bool), x=tf.TensorSpec((None, 3)))
    return dict(
        model=module(serve, kernel, **specs), format="savedmodel", rows=sampled(rng, reference, 10), reference=reference
    )
