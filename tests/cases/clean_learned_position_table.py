"""Tokens plus a table of positions, texts of full length up to the last position.

From https://github.com/ScalaConsultants/Aspect-Based-Sentiment-Analysis/issues/51, where texts were longer than
the table.
"""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(7035)
    table = tf.Variable(rng.normal(size=(6, 3)).astype("float32"))
    words = tf.Variable(rng.normal(size=(15, 3)).astype("float32"))

    def serve(tokens):
        y = tf.gather(words, tokens) + tf.gather(table, tf.range(tf.shape(tokens)[1]))
        return {"y": tf.reduce_mean(tf.tanh(y), axis=[1, 2])}

    reference = rng.integers(0, 15, (120, 6)).astype("int32")
    return dict(
        model=module(serve, table, words, tokens=tf.TensorSpec((None, 6), tf.int32)),
        format="savedmodel",
        rows=sampled(rng, reference, 8),
        reference=reference,
    )
