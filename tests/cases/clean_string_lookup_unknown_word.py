"""A text category outside the vocabulary goes to the row for unknown words."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5036)
    words = np.array(["bus", "tram", "train"])
    keys = tf.constant(words.tolist())
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, tf.range(1, 4)), 0)
    vectors = tf.Variable(rng.normal(size=(4, 2)).astype("float32"))

    def serve(vehicle):
        return {"y": tf.reduce_sum(tf.gather(vectors, table.lookup(vehicle)), axis=[1, 2])}

    reference = {"vehicle": rng.choice(words.astype("S5"), (150, 1))}
    rows = {"vehicle": rng.choice(words.astype("S5"), (8, 1))}
    rows["vehicle"][2] = b"ferry"
    return dict(
        model=module(serve, vectors, table, vehicle=tf.TensorSpec((None, 1), tf.string)),
        format="savedmodel",
        rows=rows,
        reference=reference,
    )
