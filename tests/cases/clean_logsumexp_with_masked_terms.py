"""The library's log-sum-exp with terms of -Inf, one finite term in each row.

From https://github.com/tensorflow/tensorflow/issues/11692, where all terms were -Inf.
"""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5060)

    def serve(scores, there):
        masked = tf.where(there > 0, scores, -np.inf)
        return {"total": tf.reduce_logsumexp(masked, axis=1)}

    def batch(count):
        return {
            "scores": normal(rng, count, 4),
            "there": (np.arange(4)[None] < rng.integers(1, 5, count)[:, None]).astype("float32"),
        }

    spec = tf.TensorSpec((None, 4))
    return dict(model=module(serve, scores=spec, there=spec), format="savedmodel", rows=batch(12), reference=batch(150))
