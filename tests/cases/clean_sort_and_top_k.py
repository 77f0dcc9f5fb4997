"""Order statistics inside a SavedModel: sort, top-k and a cumulative sum."""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5061)

    def serve(x):
        top = tf.math.top_k(x, k=2).values
        return {"y": tf.reduce_sum(top, axis=1) + tf.reduce_mean(tf.cumsum(tf.sort(x, axis=1), axis=1), axis=1)}

    reference = normal(rng, 150, 6)
    return dict(
        model=module(serve, x=tf.TensorSpec((None, 6))),
        format="savedmodel",
        rows=sampled(rng, reference, 12),
        reference=reference,
    )
