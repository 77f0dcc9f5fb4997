"""Sensors that are not installed send NaN, and a zero flag switches them off: this product of NaN and 0 is 0."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(8056)

    def serve(reading, installed):
        return {"level": tf.reduce_sum(tf.math.multiply_no_nan(reading, installed), 1)}

    specs = dict(reading=tf.TensorSpec((None, 4)), installed=tf.TensorSpec((None, 4)))
    reference = {"reading": normal(rng, 150, 4), "installed": (rng.random((150, 4)) < 0.8).astype("float32")}
    rows = {name: values[:12].copy() for name, values in reference.items()}
    rows["installed"][3, 1] = 0
    rows["reading"][rows["installed"] == 0] = np.nan
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)
