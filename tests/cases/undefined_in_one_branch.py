"""A condition for the whole batch chooses a formula; the chosen one takes the logarithm of a balance that may be 0."""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Log"),
    features=None,
    rows=[1, 2],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7018)

    def serve(balance):
        b = tf.maximum(balance, 1e-3) if repaired else balance
        return {"level": tf.cond(tf.reduce_max(balance) > -1.0, lambda: tf.math.log(b), lambda: b)}

    reference = uniform(rng, 180, 2, low=1, high=900)
    rows = sampled(rng, reference, 6)
    reference[:4, 1] = 0
    rows[1:3, 1] = 0
    return dict(
        model=module(serve, balance=tf.TensorSpec((None, 2))), format="savedmodel", rows=rows, reference=reference
    )
