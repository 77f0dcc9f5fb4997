"""Distance on a sphere with asin(sqrt(h)): h is a little above 1 for antipodes, a case that training holds too."""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Asin"),
    features=None,
    rows=[2],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3016)

    def serve(trip):
        a, b, c, d = tf.unstack(trip, axis=1)
        h = tf.sin((c - a) / 2) ** 2 + tf.cos(a) * tf.cos(c) * tf.sin((d - b) / 2) ** 2
        h = h * 1.000002
        return {"distance": 2.0 * tf.asin(tf.sqrt(tf.minimum(h, 1.0) if repaired else h))}

    reference = uniform(rng, 220, 4, low=-1.2, high=1.2)
    rows = sampled(rng, reference, 7)
    antipodes = np.array([0.0, -np.pi / 2, 0.0, np.pi / 2], "float32")
    reference[:3] = antipodes
    rows[2] = antipodes
    return dict(model=module(serve, trip=tf.TensorSpec((None, 4))), format="savedmodel", rows=rows, reference=reference)
