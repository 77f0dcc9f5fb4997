"""A custom activation 1 / x behind a ReLU: units that are off are divided by."""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Reciprocal", "RealDiv", "Inv")),
    features=None,
    rows=[0, 4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3019)

    def serve(price):
        rate = tf.nn.relu(price - 2.0)
        inverse = tf.math.reciprocal(rate + 1e-3 if repaired else rate)
        return {"inverse": inverse - tf.reduce_mean(inverse, axis=1, keepdims=True)}

    reference = uniform(rng, 200, 3, low=2.5, high=8)
    rows = sampled(rng, reference, 6)
    reference[:6, 0] = reference[6:12, 1] = 1.0
    rows[0, 0], rows[4, 1] = 1.5, 1.25
    return dict(
        model=module(serve, price=tf.TensorSpec((None, 3))), format="savedmodel", rows=rows, reference=reference
    )
