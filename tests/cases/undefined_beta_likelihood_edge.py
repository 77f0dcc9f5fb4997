"""A beta likelihood takes log(x) and log(1 - x); a share of exactly 1 is in training data as well.

From https://github.com/keras-team/keras/issues/2586.
"""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Log"),
    features=None,
    rows=[3, 6],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6005)
    alpha = tf.Variable(2.5)

    def serve(share):
        s = tf.clip_by_value(share, 1e-6, 1 - 1e-6) if repaired else share
        return {"log_likelihood": (alpha - 1.0) * tf.math.log(s) + (alpha - 1.0) * tf.math.log(1.0 - s)}

    reference = uniform(rng, 220, 1, low=0.02, high=0.98)
    rows = sampled(rng, reference, 9)
    reference[0], reference[1] = 0, 1
    rows[3], rows[6] = 1, 0
    return dict(
        model=module(serve, alpha, share=tf.TensorSpec((None, 1))), format="savedmodel", rows=rows, reference=reference
    )
