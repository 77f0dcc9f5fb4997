"""The author left a check of numerics in the exported model: it raises for a row with NaN instead of answering."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="replay_failed",
    cause=("shape_or_type", "input_missing"),
    origin=None,
    features=["temperature"],
    rows=[2],
    cured_by=None,
)


def build():
    rng = seeded(8117)
    kernel = tf.Variable(normal(rng, 3, 1), name="kernel")

    def serve(x):
        return {"y": tf.matmul(tf.debugging.check_numerics(x, "the rows"), kernel)}

    reference = normal(rng, 120, 3)
    rows = sampled(rng, reference, 6)
    rows[2, 1] = np.nan
    model = module(serve, kernel, x=tf.TensorSpec((None, 3)))
    names = {"features": ["pressure", "temperature", "humidity"]}
    return dict(model=model, format="savedmodel", rows=rows, reference=reference, metadata=names)


def cure(built):
    return dict(rows=np.nan_to_num(built["rows"]))
