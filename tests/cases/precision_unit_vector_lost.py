"""Vectors are brought to length one in float16: the sum of squares overflows, and x / Inf is a vector of zeros."""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="absorbed",
    cause="precision_overflow",
    origin=dict(kind="operation", layer=None, operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("float32", "float64"),
)


def build(repaired=False):
    rng = seeded(8037)
    dtype = tf.float32 if repaired else tf.float16
    kernel = tf.Variable(uniform(rng, 8, 2, low=0.1), name="kernel")

    def serve(vector):
        half = tf.cast(vector, dtype)
        unit = half * tf.math.rsqrt(tf.reduce_sum(half * half, -1, keepdims=True))
        return {"match": tf.matmul(tf.cast(unit, tf.float32), kernel)}

    reference = uniform(rng, 200, 8, low=150, high=400)
    model = module(serve, kernel, vector=tf.TensorSpec((None, 8)))
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 6), reference=reference)
