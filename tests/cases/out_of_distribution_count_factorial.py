"""lgamma of a count: one new customer has 1e38 units because of a parsing fault."""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=None, operation="Lgamma"),
    features=["units"],
    rows=[6],
    cured_by=("clip",),
)


def build():
    rng = seeded(1309)
    kernel = tf.Variable(rng.normal(size=(2, 1)).astype("float32"))

    def serve(counts):
        return {"log_likelihood": tf.matmul(tf.math.lgamma(counts + 1.0) / 10.0, kernel)}

    reference = rng.poisson(9, (250, 2)).astype("float32")
    rows = sampled(rng, reference, 12)
    rows[6, 0] = 1e38
    return dict(
        model=module(serve, kernel, counts=tf.TensorSpec((None, 2))),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["units", "visits"]},
    )
