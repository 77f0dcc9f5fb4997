"""Assertions and checks of numerics are in the exported model, and all rows pass them."""

import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(8124)

    def serve(x):
        with tf.control_dependencies([tf.debugging.assert_less_equal(x, 5.0)]):
            return {"y": tf.debugging.check_numerics(tf.nn.softplus(x), "after softplus")}

    reference = normal(rng, 150, 4)
    model = module(serve, x=tf.TensorSpec((None, 4)))
    return dict(model=model, format="savedmodel", rows=reference[:7], reference=reference)
