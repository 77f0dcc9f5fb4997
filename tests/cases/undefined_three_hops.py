"""Three graph layers, each normalised with the root of its degree; an isolated node fails in every one of them."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

BAD = [1, 4]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Rsqrt", "Pow", "RealDiv", "Reciprocal")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7012)
    kernels = [tf.Variable((rng.normal(size=shape) * 0.7).astype("float32")) for shape in ((2, 3), (3, 3), (3, 1))]

    def serve(nodes, edges):
        y = nodes
        for kernel in kernels:
            degree = tf.reduce_sum(edges, axis=2, keepdims=True)
            side = tf.math.rsqrt(tf.maximum(degree, 1e-6) if repaired else degree)
            y = tf.tanh(side * tf.matmul(edges, side * tf.einsum("bnf,fo->bno", y, kernel)))
        return {"y": tf.reduce_mean(y, axis=1)}

    def graphs(count):
        edges = np.triu((rng.random((count, 4, 4)) < 0.6).astype("float32"), 1)
        edges[:, 0, 1:] = 1
        return {"nodes": normal(rng, count, 4, 2), "edges": edges + edges.transpose(0, 2, 1)}

    reference, rows = graphs(160), graphs(7)
    for table, at in ((reference["edges"], [5, 50]), (rows["edges"], BAD)):
        table[at, 3, :] = table[at, :, 3] = 0
    specs = dict(nodes=tf.TensorSpec((None, 4, 2)), edges=tf.TensorSpec((None, 4, 4)))
    return dict(model=module(serve, *kernels, **specs), format="savedmodel", rows=rows, reference=reference)
