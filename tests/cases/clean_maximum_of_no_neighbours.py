"""The maximum over no neighbours is the lowest float: nodes without edges get it, and the larger of it and 0 is 0."""

import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(8062)
    kernel = tf.Variable(normal(rng, 2, 1), name="kernel")

    def serve(nodes, linked):
        lowest = tf.fill(tf.shape(nodes[:, None]), nodes.dtype.min)
        near = tf.where(linked[..., None], nodes[:, None], lowest)
        message = tf.maximum(tf.reduce_max(near, 2), 0.0)
        return {"y": tf.reduce_sum(tf.tensordot(message, kernel, 1), [1, 2])}

    specs = dict(nodes=tf.TensorSpec((None, 4, 2)), linked=tf.TensorSpec((None, 4, 4), tf.bool))
    reference = {"nodes": normal(rng, 120, 4, 2), "linked": rng.random((120, 4, 4)) < 0.3}
    rows = {name: values[:10].copy() for name, values in reference.items()}
    rows["linked"][2] = False
    return dict(model=module(serve, kernel, **specs), format="savedmodel", rows=rows, reference=reference)
