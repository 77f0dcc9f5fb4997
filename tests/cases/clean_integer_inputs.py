"""Integer columns as they come from a database, cast inside the model."""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5051)
    kernel = tf.Variable(rng.normal(size=(4, 1)).astype("float32") * 1e-3)

    def serve(counts):
        return {"y": tf.sigmoid(tf.matmul(tf.cast(counts, tf.float32), kernel))}

    reference = rng.integers(0, 100000, (200, 4))
    return dict(
        model=module(serve, kernel, counts=tf.TensorSpec((None, 4), tf.int64)),
        format="savedmodel",
        rows=sampled(rng, reference, 13),
        reference=reference,
    )
