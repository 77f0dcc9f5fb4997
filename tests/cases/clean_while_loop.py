"""A loop that halves until small, a different number of steps a batch: control flow in the graph."""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5062)

    def serve(x):
        last = tf.while_loop(lambda v: tf.reduce_max(tf.abs(v)) > 0.1, lambda v: [v * 0.5], [x])
        return {"y": tf.reduce_sum(last[0], axis=1)}

    reference = normal(rng, 120, 3)
    return dict(
        model=module(serve, x=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows=sampled(rng, reference, 9),
        reference=reference,
    )
