"""A SavedModel takes an input that it never reads (kept for old callers); it is all NaN."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5010)
    kernel = tf.Variable(rng.normal(size=(3, 1)).astype("float32"))

    def serve(x, comment_score):
        return {"y": tf.matmul(x, kernel)}

    reference = {"x": normal(rng, 150, 3), "comment_score": normal(rng, 150, 1)}
    rows = sampled(rng, reference, 9)
    rows["comment_score"][:] = np.nan
    specs = dict(x=tf.TensorSpec((None, 3)), comment_score=tf.TensorSpec((None, 1)))
    return dict(model=module(serve, kernel, **specs), format="savedmodel", rows=rows, reference=reference)
