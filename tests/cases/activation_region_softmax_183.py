"""Scores such as 183 into exp(w) / sum(exp(w)): the evaluation of a region detector.

From https://github.com/microsoft/CNTK/issues/1834, where the scores are printed.
"""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation="Exp"),
    features=None,
    rows=[0, 1],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(6002)
    kernel = tf.Variable(tf.eye(4) * 2.0)

    def serve(scores):
        w = tf.matmul(scores, kernel)
        if repaired:
            w -= tf.reduce_max(w, axis=1, keepdims=True)
        e = tf.exp(w)
        return {"region": e / tf.reduce_sum(e, axis=1, keepdims=True)}

    reference = uniform(rng, 200, 4, low=-60, high=42)
    rows = sampled(rng, reference, 7)
    reference[0], reference[1] = [92, -63, -17, -13], [10, 91, -5, 3]
    rows[0], rows[1] = [91.9, -60, -16.7, -12.8], [0, 90, 1, 2]
    return dict(
        model=module(serve, kernel, scores=tf.TensorSpec((None, 4))),
        format="savedmodel",
        rows=rows,
        reference=reference,
    )
