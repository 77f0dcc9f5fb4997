"""Standard deviation as sqrt(mean of squares - square of mean): rounding makes it negative for constant rows of 0.1.

From https://github.com/microsoft/CNTK/issues/3816.
"""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Sqrt"),
    features=None,
    rows=[1, 3],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3004)

    def serve(window):
        mean = tf.reduce_sum(window, 1) / 7.0
        variance = tf.reduce_sum(window * window, 1) / 7.0 - mean * mean * 1.000001
        return {"spread": tf.sqrt(tf.maximum(variance, 0.0) if repaired else variance)}

    reference = uniform(rng, 200, 7, low=0, high=9)
    rows = sampled(rng, reference, 6)
    reference[:2], reference[2:4] = 0.7, 8.3
    rows[1], rows[3] = 0.7, 8.3
    return dict(
        model=module(serve, window=tf.TensorSpec((None, 7))), format="savedmodel", rows=rows, reference=reference
    )
