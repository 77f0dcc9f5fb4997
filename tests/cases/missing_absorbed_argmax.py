"""The answer is a class number: argmax over scores that are all NaN says class 0, an ordinary answer."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["weight"],
    rows=[2, 9],
    cured_by=("impute",),
)


def build():
    rng = seeded(1014)
    kernel = tf.constant(rng.normal(size=(3, 4)).astype("float32"))

    def serve(parcel):
        scores = tf.tanh(tf.matmul(parcel, kernel))
        return {"size_class": tf.cast(tf.argmax(scores, axis=1), tf.float32)}

    reference = normal(rng, 200, 3)
    rows = sampled(rng, reference, 12)
    classes = np.argmax(np.tanh(reference @ kernel.numpy()), axis=1)
    heavy = reference[(classes != 0) & (np.argmax(reference[:, :2] @ kernel.numpy()[:2], axis=1) != 0)]
    rows[[2, 9]] = heavy[:2]
    rows[[2, 9], 2] = np.nan
    return dict(
        model=module(serve, parcel=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["length", "width", "weight"]},
    )
