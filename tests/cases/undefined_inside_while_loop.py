"""Power iteration in a loop, normalised by its length each time: a zero start divides 0 by 0 in the first round."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[3],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7013)
    matrix = tf.Variable((rng.normal(size=(3, 3)) + 2 * np.eye(3)).astype("float32"))

    def step(i, v):
        w = tf.matmul(v, matrix)
        length = tf.sqrt(tf.reduce_sum(w * w, axis=1, keepdims=True))
        return i + 1, w / (tf.maximum(length, 1e-6) if repaired else length)

    def serve(start):
        return {"direction": tf.while_loop(lambda i, v: i < 4, step, (0, start))[1]}

    reference = normal(rng, 180, 3)
    rows = sampled(rng, reference, 7)
    reference[:3] = 0
    rows[3] = 0
    return dict(
        model=module(serve, matrix, start=tf.TensorSpec((None, 3))), format="savedmodel", rows=rows, reference=reference
    )
