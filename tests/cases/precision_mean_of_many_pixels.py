"""The mean over a large image in float16: the number of pixels itself does not fit, Inf / Inf.

From https://github.com/tensorflow/tensorflow/issues/56890.
"""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=dict(kind="operation", layer=None, operation=None),
    features=None,
    rows=list(range(2)),
    cured_by=("float32", "float64"),
)


def build(repaired=False):
    rng = seeded(8036)
    dtype = tf.float32 if repaired else tf.float16

    def serve(image):
        return {"brightness": tf.cast(tf.reduce_mean(tf.cast(image, dtype), [1, 2]), tf.float32)}

    reference = uniform(rng, 8, 260, 260, 1, low=1.1, high=2.0)
    model = module(serve, image=tf.TensorSpec((None, 260, 260, 1)))
    return dict(model=model, format="savedmodel", rows=sampled(rng, reference, 2), reference=reference)
