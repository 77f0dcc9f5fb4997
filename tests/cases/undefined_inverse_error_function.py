"""Normal scores of a rank: erfinv(2p - 1) of a rank of exactly 1 is Inf, minus the mean of the row it is NaN."""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Erfinv", "Ndtri")),
    features=None,
    rows=[1],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7015)

    def serve(rank):
        p = tf.clip_by_value(rank, 1e-4, 1 - 1e-4) if repaired else rank
        score = tf.math.erfinv(2.0 * p - 1.0)
        return {"score": score - tf.reduce_mean(score, axis=1, keepdims=True)}

    reference = uniform(rng, 200, 3, low=0.05, high=0.95)
    rows = sampled(rng, reference, 6)
    reference[:3] = np.eye(3, dtype="float32") * 0.5 + 0.5
    rows[1, 2] = 1.0
    return dict(model=module(serve, rank=tf.TensorSpec((None, 3))), format="savedmodel", rows=rows, reference=reference)
