"""A log-cosh error as output: cosh of a residual of 100 overflows, log of it is Inf."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation="Cosh"),
    features=None,
    rows=[2],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2304)

    def serve(predicted, measured):
        gap = predicted - measured
        if repaired:
            return {"error": tf.abs(gap) + tf.math.softplus(-2.0 * tf.abs(gap)) - tf.math.log(2.0)}
        return {"error": tf.math.log(tf.cosh(gap))}

    reference = {
        "predicted": uniform(rng, 200, 1, low=-60, high=60),
        "measured": uniform(rng, 200, 1, low=-60, high=60),
    }
    near = np.abs(reference["predicted"] - reference["measured"])[:, 0] < 70
    rows = {name: values[near][:8].copy() for name, values in reference.items()}
    reference["predicted"][0], reference["measured"][0] = 59, -58
    rows["predicted"][2], rows["measured"][2] = 58.5, -57.5
    spec = tf.TensorSpec((None, 1))
    return dict(model=module(serve, predicted=spec, measured=spec), format="savedmodel", rows=rows, reference=reference)
