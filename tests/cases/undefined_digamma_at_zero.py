"""The digamma function of a Dirichlet's concentration that is exactly 0 for topics without a word."""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Digamma"),
    features=None,
    rows=[2, 3],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7016)

    def serve(counts):
        c = tf.maximum(counts, 1e-2) if repaired else counts
        return {"expected_log": tf.math.digamma(c) - tf.math.digamma(tf.reduce_sum(c, axis=1, keepdims=True))}

    reference = rng.poisson(6, (220, 3)).clip(1).astype("float32")
    rows = sampled(rng, reference, 7)
    reference[:3, 0] = reference[3:6, 2] = 0
    rows[2, 0] = rows[3, 2] = 0
    return dict(
        model=module(serve, counts=tf.TensorSpec((None, 3))), format="savedmodel", rows=rows, reference=reference
    )
