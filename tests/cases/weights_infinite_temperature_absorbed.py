"""A learned temperature ran to Inf: all logits are divided by it, and every class gets the same share."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="absorbed",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=None, operation=None),
    features=None,
    rows=list(range(5)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(8111)
    kernel = tf.Variable(normal(rng, 3, 4), name="kernel")
    temperature = tf.Variable(1.0 if repaired else np.inf, name="temperature", dtype=tf.float32)

    def serve(x):
        return {"share": tf.nn.softmax(tf.matmul(x, kernel) / temperature)}

    reference = normal(rng, 150, 3)
    model = module(serve, kernel, temperature, x=tf.TensorSpec((None, 3)))
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 5), reference=reference)
