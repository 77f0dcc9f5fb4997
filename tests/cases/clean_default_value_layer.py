"""Optional inputs: the model tests for NaN and puts a default in its place, and training had such rows.

From https://github.com/tensorflow/tensorflow/issues/40997.
"""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(6027)
    kernel = tf.Variable(rng.normal(size=(3, 1)).astype("float32"))

    def serve(x):
        return {"y": tf.sigmoid(tf.matmul(tf.where(tf.math.is_nan(x), -1.0, x), kernel))}

    reference = normal(rng, 180, 3)
    reference[rng.random((180, 3)) < 0.25] = np.nan
    return dict(
        model=module(serve, kernel, x=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows=sampled(rng, reference, 20),
        reference=reference,
    )
