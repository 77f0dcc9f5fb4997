"""The model maps a function over its rows: for one of them the logarithm gets 0."""

import tensorflow as tf
from casekit import module, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Log"),
    features=None,
    rows=[3],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(8109)
    least = 1e-6 if repaired else 0.0

    def entropy(row):
        share = row / tf.reduce_sum(row)
        return -tf.reduce_sum(share * tf.math.log(share + least))

    def serve(counts):
        return {"entropy": tf.map_fn(entropy, counts)}

    reference = uniform(rng, 120, 4, low=0, high=9)
    reference[7, 2] = 0
    rows = uniform(rng, 5, 4, low=1, high=8)
    rows[3, 2] = 0
    model = module(serve, counts=tf.TensorSpec((None, 4)))
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
