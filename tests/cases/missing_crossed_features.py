"""Products of all pairs of columns (a factorisation machine): one NaN column makes every pair NaN.

From https://github.com/mljar/mljar-supervised/issues/131: a network of an automatic pipeline predicts NaN.
"""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["tenure"],
    rows=[0, 1],
    cured_by=("impute",),
)


def build():
    rng = seeded(1019)
    factors = tf.Variable(rng.normal(size=(5, 3)).astype("float32"))

    def serve(x):
        linear = tf.matmul(x, factors)
        pairs = tf.square(linear) - tf.matmul(tf.square(x), tf.square(factors))
        return {"score": 0.5 * tf.reduce_sum(pairs, axis=1)}

    reference = normal(rng, 200, 5)
    rows = sampled(rng, reference, 11)
    rows[:2, 3] = np.nan
    return dict(
        model=module(serve, factors, x=tf.TensorSpec((None, 5))),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["a", "b", "c", "tenure", "d"]},
    )
