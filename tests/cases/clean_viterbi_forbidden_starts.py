"""A tagger decodes with max and plus: forbidden starts score -Inf, and a path that avoids them always exists."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(8061)
    step = normal(rng, 3, 3)
    step[2, 0] = -np.inf
    start = np.array([0.0, -np.inf, -np.inf], "float32")

    def serve(scores):
        best = scores[:, 0] + start
        for t in range(1, 5):
            best = tf.reduce_max(best[:, :, None] + step, 1) + scores[:, t]
        return {"score": tf.reduce_max(best, 1)}

    reference = normal(rng, 150, 5, 3)
    return dict(
        model=module(serve, scores=tf.TensorSpec((None, 5, 3))),
        format="savedmodel",
        rows=reference[:10],
        reference=reference,
    )
