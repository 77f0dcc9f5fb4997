"""A float64 model with values of 1e60, which no float32 would hold."""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5029)
    kernel = tf.Variable(rng.normal(size=(3, 1)))

    def serve(mass):
        return {"log_total": tf.math.log(tf.abs(tf.matmul(mass, kernel)) + 1.0)}

    reference = rng.uniform(1e58, 1e60, (160, 3))
    return dict(
        model=module(serve, kernel, mass=tf.TensorSpec((None, 3), tf.float64)),
        format="savedmodel",
        rows=sampled(rng, reference, 10),
        reference=reference,
    )
