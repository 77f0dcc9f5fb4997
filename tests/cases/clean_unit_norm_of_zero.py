"""The library's l2 normalisation of a zero vector is a zero vector: epsilon is inside.

From https://github.com/tensorflow/tensorflow/issues/56796, where only the gradient was odd.
"""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5018)
    kernel = tf.Variable(rng.normal(size=(4, 2)).astype("float32"))

    def serve(words):
        return {"y": tf.matmul(tf.nn.l2_normalize(words, axis=1), kernel)}

    reference = rng.poisson(0.7, (200, 4)).astype("float32")
    rows = sampled(rng, reference, 12)
    reference[:3] = 0
    rows[4] = 0
    return dict(
        model=module(serve, kernel, words=tf.TensorSpec((None, 4))), format="savedmodel", rows=rows, reference=reference
    )
