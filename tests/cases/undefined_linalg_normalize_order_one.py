"""A histogram is divided by its own sum (order-1 normalisation), and an empty histogram gives 0 / 0.

From https://github.com/tensorflow/tensorflow/issues/35257.
"""

import tensorflow as tf
from casekit import module, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[0, 6],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3002)
    kernel = tf.Variable(rng.normal(size=(4, 2)).astype("float32"))

    def serve(histogram):
        total = tf.norm(histogram, ord=1, axis=1, keepdims=True)
        share = histogram / (tf.maximum(total, 1e-6) if repaired else total)
        return {"topic": tf.nn.softmax(tf.matmul(share, kernel))}

    reference = rng.poisson(2, (250, 4)).astype("float32")
    rows = reference[reference.sum(1) > 0][:9].copy()
    reference[:3] = 0
    rows[[0, 6]] = 0
    return dict(
        model=module(serve, kernel, histogram=tf.TensorSpec((None, 4))),
        format="savedmodel",
        rows=rows,
        reference=reference,
    )
