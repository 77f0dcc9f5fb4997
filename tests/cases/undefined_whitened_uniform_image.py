"""An image is whitened with E[x2] - E[x]2: for a uniform one rounding makes the variance negative.

From https://github.com/tensorflow/tensorflow/issues/411.
"""

import numpy as np
import tensorflow as tf
from casekit import module, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Sqrt", "Rsqrt", "RealDiv")),
    features=None,
    rows=[2],
    cured_by=("guard_operation", "epsilon", "float64"),
)


def build(repaired=False):
    rng = seeded(8107)

    def serve(image):
        mean = tf.reduce_mean(image, [1, 2], keepdims=True)
        variance = tf.reduce_mean(image * image, [1, 2], keepdims=True) - mean * mean
        deviation = tf.sqrt(tf.maximum(variance, 0.0) + 1e-3) if repaired else tf.sqrt(variance)
        return {"white": tf.reduce_mean(tf.abs((image - mean) / deviation), [1, 2])}

    reference = uniform(rng, 60, 19, 19, 1, low=0, high=255)
    reference[4] = 221.79488
    rows = reference[10:15].copy()
    rows[2] = 221.79488
    model = module(serve, image=tf.TensorSpec((None, 19, 19, 1)))
    return dict(model=model, format="savedmodel", rows=np.asarray(rows), reference=reference)
