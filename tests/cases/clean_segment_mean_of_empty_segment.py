"""The library's mean over segments answers 0 for a segment without a member."""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(7032)

    def serve(values, group):
        hot = tf.one_hot(group, 4)
        total = tf.reduce_sum(values[..., None] * hot, axis=1)
        return {"mean": tf.math.divide_no_nan(total, tf.reduce_sum(hot, axis=1))}

    reference = {"values": normal(rng, 140, 6), "group": rng.integers(0, 4, (140, 6)).astype("int32")}
    specs = dict(values=tf.TensorSpec((None, 6)), group=tf.TensorSpec((None, 6), tf.int32))
    rows = sampled(rng, reference, 8)
    rows["group"][2] = 1
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)
