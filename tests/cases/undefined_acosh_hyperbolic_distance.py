"""Distance in hyperbolic space is acosh of a number that rounding makes a little smaller than 1 for a point and
itself.
"""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Acosh"),
    features=None,
    rows=[0],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7017)

    def serve(a, b):
        def lift(v):
            return tf.sqrt(1.0 + tf.reduce_sum(v * v, axis=1))

        inner = (lift(a) * lift(b) - tf.reduce_sum(a * b, axis=1)) * 0.999999
        return {"distance": tf.acosh(tf.maximum(inner, 1.0) if repaired else inner)}

    reference = {"a": normal(rng, 180, 2), "b": normal(rng, 180, 2)}
    rows = sampled(rng, reference, 6)
    reference["b"][:4] = reference["a"][:4]
    rows["b"][0] = rows["a"][0]
    spec = tf.TensorSpec((None, 2))
    return dict(model=module(serve, a=spec, b=spec), format="savedmodel", rows=rows, reference=reference)
