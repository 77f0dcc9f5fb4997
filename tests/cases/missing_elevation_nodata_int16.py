"""Elevation tiles are int16 with -32768 where nothing was seen: the root of the height above the coast is NaN."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind=("input", "operation"), layer=None, operation="Sqrt"),
    features=["tile"],
    rows=[1, 2, 6],
    cured_by=("impute",),
)


def build():
    rng = seeded(8105)

    def serve(tile):
        height = tf.sqrt(tf.cast(tile, tf.float32) + 60.0)
        return {"slope": tf.reduce_max(height, [1, 2]) - tf.reduce_mean(height, [1, 2])}

    reference = rng.integers(-50, 3000, (120, 4, 4)).astype("int16")
    rows = reference[:8].copy()
    rows[[1, 2, 6], [0, 3, 2], [1, 1, 2]] = -32768
    rows[2, :2] = -32768
    model = module(serve, tile=tf.TensorSpec((None, 4, 4), tf.int16))
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)


def cure(built):
    return dict(rows=np.maximum(built["rows"], np.int16(0)))
