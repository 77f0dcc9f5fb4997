"""A covariance that is not positive definite: the Cholesky factor is NaN, and with it the whitened row.

From https://github.com/tensorflow/tensorflow/issues/61916.
"""

import numpy as np
import tensorflow as tf
from casekit import module, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Cholesky"),
    features=None,
    rows=[1, 3],
    cured_by=("guard_operation", "epsilon"),
)


def covariances(rng, count):
    made = rng.normal(size=(count, 3, 5)).clip(-2, 2)
    return (made @ made.transpose(0, 2, 1) / 5).astype("float32")


def build(repaired=False):
    rng = seeded(8031)
    jitter = np.eye(3, dtype="float32") * (1.0 if repaired else 0.0)

    def serve(covariance):
        factor = tf.linalg.cholesky(covariance + jitter)
        return {"whitened": tf.reduce_sum(tf.linalg.diag_part(factor), -1)}

    rows, reference = covariances(rng, 5), covariances(rng, 150)
    flawed = np.array([[0.5, 0.6, 0], [0.6, 0.5, 0], [0, 0, 0.5]], "float32")
    rows[[1, 3]] = reference[7] = flawed
    model = module(serve, covariance=tf.TensorSpec((None, 3, 3)))
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
