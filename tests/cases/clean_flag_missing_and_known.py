"""Flags are missing in training too, and the model's threshold makes "no" of a missing one: meant so."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(8125)

    def serve(flag, x):
        return {"y": tf.where(flag > 0.5, x, -x)}

    specs = dict(flag=tf.TensorSpec((None, 1)), x=tf.TensorSpec((None, 1)))
    reference = {"flag": (rng.random((200, 1)) < 0.7).astype("float32"), "x": normal(rng, 200, 1)}
    reference["flag"][::4] = np.nan
    rows = {name: values[:12].copy() for name, values in reference.items()}
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)
