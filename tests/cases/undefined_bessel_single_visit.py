"""The spread over a patient's visits divides by their number less one: with a single visit that is 0/0."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="RealDiv"),
    features=None,
    rows=[3, 4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(8034)

    def serve(values, visits):
        valid = tf.sequence_mask(visits, 4, tf.float32)
        count = tf.cast(visits, tf.float32)
        mean = tf.reduce_sum(values * valid, 1) / count
        square = tf.reduce_sum(tf.square((values - mean[:, None]) * valid), 1)
        return {"spread": square / (tf.maximum(count - 1, 1e-3) if repaired else count - 1)}

    specs = dict(values=tf.TensorSpec((None, 4)), visits=tf.TensorSpec((None,), tf.int32))
    reference = {"values": normal(rng, 200, 4), "visits": rng.integers(1, 5, 200).astype("int32")}
    rows = sampled(rng, reference, 6)
    rows["visits"] = np.array([2, 4, 3, 1, 1, 2], "int32")
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)
