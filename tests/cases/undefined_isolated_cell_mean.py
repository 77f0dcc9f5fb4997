"""Mean expression of neighbouring cells in a tissue slide, without a lower bound on their number.

From https://github.com/biomed-AI/Hist2ST/pull/7: isolated points make the whole inference NaN.
"""

import tensorflow as tf
from casekit import module, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[1],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3013)
    kernel = tf.Variable(rng.normal(size=(3, 2)).astype("float32"))

    def serve(cells, near):
        count = tf.reduce_sum(near, axis=2, keepdims=True)
        mean = tf.matmul(near, cells) / (tf.maximum(count, 1.0) if repaired else count)
        return {"gene": tf.reduce_mean(tf.einsum("bnf,fo->bno", tf.tanh(mean), kernel), axis=1)}

    def slides(count):
        near = (rng.random((count, 4, 4)) < 0.5).astype("float32")
        near[:, :, 0] = 1
        return {"cells": uniform(rng, count, 4, 3), "near": near}

    reference, rows = slides(180), slides(6)
    reference["near"][::30, 2] = 0
    rows["near"][1, 2] = 0
    specs = dict(cells=tf.TensorSpec((None, 4, 3)), near=tf.TensorSpec((None, 4, 4)))
    return dict(model=module(serve, kernel, **specs), format="savedmodel", rows=rows, reference=reference)
