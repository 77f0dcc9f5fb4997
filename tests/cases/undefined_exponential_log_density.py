"""The log-density of an exponential distribution at 0, written with log(x) of the value: the support lacks 0.

From https://github.com/tensorflow/tensorflow/issues/20737.
"""

import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Log"),
    features=None,
    rows=[0, 1],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3012)
    shape = tf.Variable(0.5)

    def serve(wait):
        value = tf.maximum(wait, 1e-6) if repaired else wait
        return {"log_density": (shape - 1.0) * tf.math.log(value) - value}

    reference = rng.exponential(2.0, (220, 1)).astype("float32")
    rows = sampled(rng, reference[reference[:, 0] > 0.01], 9)
    reference[:4] = 0
    rows[:2] = 0
    return dict(
        model=module(serve, shape, wait=tf.TensorSpec((None, 1))), format="savedmodel", rows=rows, reference=reference
    )
