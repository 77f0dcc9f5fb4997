"""A calibration matrix of one device is singular: the inverse raises, for this row only."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded

CASE = dict(
    symptom="replay_failed",
    cause=("shape_or_type", "undefined_operation"),
    origin=None,
    features=None,
    rows=[1],
    cured_by=None,
)


def build():
    rng = seeded(8041)

    def serve(calibration):
        return {"gain": tf.reduce_sum(tf.linalg.inv(calibration), [1, 2])}

    def matrices(count):
        return (rng.uniform(0, 0.3, (count, 2, 2)) + np.eye(2)).astype("float32")

    rows, reference = matrices(5), matrices(100)
    rows[1] = 1.0
    model = module(serve, calibration=tf.TensorSpec((None, 2, 2)))
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)


def cure(built):
    rows = built["rows"].copy()
    rows[1] = np.eye(2)
    return dict(rows=rows)
