"""Training had seconds since 1970, as int64; a JavaScript client sends milliseconds, and a trend overflows."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind=("input", "operation"), layer=None, operation="Exp"),
    features=["since"],
    rows=list(range(7)),
    cured_by=("rescale", "unit"),
)


def build():
    rng = seeded(8116)

    def serve(since):
        years = tf.cast(since - 1_600_000_000, tf.float32) / 31_557_600.0
        return {"trend": tf.exp(0.3 * years)}

    reference = rng.integers(1_600_000_000, 1_700_000_000, 250)
    rows = reference[:7] * 1000
    model = module(serve, since=tf.TensorSpec((None,), tf.int64))
    return dict(model=model, format="savedmodel", rows=np.asarray(rows), reference=reference)


def cure(built):
    return dict(rows=built["rows"] // 1000)
