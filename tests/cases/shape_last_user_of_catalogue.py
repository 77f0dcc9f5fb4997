"""The table has as many rows as there were users, and ids count from 1: the last user is out of range.

From https://github.com/tensorflow/recommenders/issues/202 and
https://github.com/TannerGilbert/Tutorials/issues/1.
"""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=["user"], rows=[2, 8], cured_by=None)


def cure(built):
    return dict(rows={**built["rows"], "user": built["rows"]["user"] - 1})


def build():
    rng = seeded(6021)
    users = tf.Variable(rng.normal(size=(18, 3)).astype("float32"))
    items = tf.Variable(rng.normal(size=(10, 3)).astype("float32"))

    def serve(user, item):
        return {"rating": tf.reduce_sum(tf.gather(users, user) * tf.gather(items, item), axis=[1, 2])}

    reference = {"user": rng.integers(1, 18, (160, 1)), "item": rng.integers(0, 10, (160, 1))}
    rows = sampled(rng, reference, 10)
    rows["user"][[2, 8]] = 18
    spec = tf.TensorSpec((None, 1), tf.int64)
    return dict(
        model=module(serve, users, items, user=spec, item=spec), format="savedmodel", rows=rows, reference=reference
    )
