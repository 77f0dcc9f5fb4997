"""No-data pixels (NaN) of a satellite tile: normalisation spreads them and the patch is answered as background,
class 0.

From https://github.com/fieldsoftheworld/ftw-baselines/pull/260.
"""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["red", "infrared"],
    rows=[1],
    cured_by=("impute",),
)


def build():
    rng = seeded(6016)
    kernel = tf.Variable((rng.normal(size=(1, 1, 2, 3)) * 3).astype("float32"))

    def serve(tile):
        scaled = tile - tf.reduce_mean(tile, axis=[1, 2], keepdims=True)
        scores = tf.nn.conv2d(scaled, kernel, 1, "SAME") + tf.constant([0.0, 0.3, -0.3])
        return {"fields": tf.cast(tf.argmax(scores, axis=-1), tf.float32)}

    reference = uniform(rng, 80, 6, 6, 2)
    rows = sampled(rng, reference, 4)
    rows[1, :2] = np.nan
    return dict(
        model=module(serve, kernel, tile=tf.TensorSpec((None, 6, 6, 2))),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["red", "infrared"]},
    )
