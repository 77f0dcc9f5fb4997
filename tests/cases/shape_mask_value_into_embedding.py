"""Padding of -1 (the value of a mask) goes into an embedding look-up: a GPU let it pass, a processor has no row -1.

From https://github.com/keras-team/keras/issues/12269 and https://github.com/sedflix/DeepCoherence/issues/1.
"""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=[0, 4], cured_by=None)


def cure(built):
    return dict(rows=np.maximum(built["rows"], 0))


def build():
    rng = seeded(6019)
    words = tf.Variable(rng.normal(size=(25, 4)).astype("float32"))

    def serve(title):
        return {"score": tf.reduce_mean(tf.nn.embedding_lookup(words, title), axis=[1, 2])}

    reference = rng.integers(0, 25, (150, 6)).astype("int32")
    rows = sampled(rng, reference, 7)
    rows[0, 4:] = rows[4, 3:] = -1
    return dict(
        model=module(serve, words, title=tf.TensorSpec((None, 6), tf.int32)),
        format="savedmodel",
        rows=rows,
        reference=reference,
    )
