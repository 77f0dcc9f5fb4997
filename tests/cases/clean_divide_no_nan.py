"""A ratio with the library's division that answers 0 for x / 0."""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5022)

    def serve(clicks, views):
        return {"rate": tf.math.divide_no_nan(clicks, views)}

    views = rng.poisson(3, (200, 1)).astype("float32")
    reference = {"clicks": np.minimum(rng.poisson(1, (200, 1)), views).astype("float32"), "views": views}
    rows = sampled(rng, reference, 20)
    rows["clicks"][3] = rows["views"][3] = 0
    spec = tf.TensorSpec((None, 1))
    return dict(model=module(serve, clicks=spec, views=spec), format="savedmodel", rows=rows, reference=reference)
