"""Gamma parameters: 1 / alpha and log(alpha) of the same alpha, which is 0 for some rows. A guard at one leaves the
other.
"""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Log", "Reciprocal", "RealDiv", "Inv")),
    features=None,
    rows=[2, 4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7011)
    scale = tf.Variable(1.7)

    def serve(alpha):
        a = tf.maximum(alpha, 1e-6) if repaired else alpha
        return {"mode": scale / a + tf.math.log(a)}

    reference = uniform(rng, 200, 1, low=0.2, high=5)
    rows = sampled(rng, reference, 8)
    reference[:3] = 0
    rows[[2, 4]] = 0
    return dict(
        model=module(serve, scale, alpha=tf.TensorSpec((None, 1))), format="savedmodel", rows=rows, reference=reference
    )
