"""A recommender averages the items a user has seen: a new user has none, and the sum is divided by the count 0."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[3, 8],
    cured_by=("valid_position",),
)


def cure(built):
    history = built["rows"]["history"].copy()
    history[[3, 8], 0] = 2
    return dict(rows={**built["rows"], "history": history})


def batch(rng, count):
    history = rng.integers(1, 40, (count, 5))
    history[np.arange(5)[None] >= rng.integers(1, 6, count)[:, None]] = 0
    return {"history": history.astype("int32"), "age": normal(rng, count, 1)}


def build():
    rng = seeded(4004)
    table = tf.Variable(rng.normal(size=(40, 3)).astype("float32"))

    def serve(history, age):
        seen = tf.cast(history > 0, tf.float32)[..., None]
        mean = tf.reduce_sum(tf.gather(table, history) * seen, 1) / tf.reduce_sum(seen, 1)
        return {"taste": tf.concat([mean, age], axis=1)}

    reference, rows = batch(rng, 220), batch(rng, 10)
    rows["history"][[3, 8]] = 0
    specs = dict(history=tf.TensorSpec((None, 5), tf.int32), age=tf.TensorSpec((None, 1)))
    return dict(model=module(serve, table, **specs), format="savedmodel", rows=rows, reference=reference)
