"""A missing date (NaT) is the smallest 64-bit integer once a frame is cast: seconds since the order become -9e18."""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind=("input", "operation"), layer=None, operation="Log"),
    features=["since"],
    rows=[0, 4, 9],
    cured_by=("impute",),
)


def build():
    rng = seeded(8002)

    def serve(since, amount):
        age = tf.math.log(tf.cast(since, tf.float32))
        return {"churn": tf.sigmoid(0.1 * age + amount)}

    specs = dict(since=tf.TensorSpec((None, 1), tf.int64), amount=tf.TensorSpec((None, 1)))
    reference = {"since": rng.integers(3600, 90 * 86400, (300, 1)), "amount": uniform(rng, 300, 1)}
    rows = sampled(rng, reference, 12)
    rows["since"][[0, 4, 9]] = np.iinfo(np.int64).min
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)


def cure(built):
    since = built["rows"]["since"].copy()
    since[[0, 4, 9]] = 86400 * 30
    return dict(rows={**built["rows"], "since": since})
