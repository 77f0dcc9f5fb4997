"""degree ** -0.5 of an isolated node is Inf, and the next line of the layer sets it to 0.

From https://github.com/wujcan/SGL-TensorFlow/issues/19: a warning that needs no repair.
"""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def graphs(rng, count):
    edges = np.triu((rng.random((count, 5, 5)) < 0.35).astype("float32"), 1)
    return {"nodes": normal(rng, count, 5, 2), "edges": edges + edges.transpose(0, 2, 1)}


def build():
    rng = seeded(5025)
    nodes, edges = layers.Input((5, 2), name="nodes"), layers.Input((5, 5), name="edges")
    side = ops.power(ops.sum(edges, axis=-1, keepdims=True), -0.5)
    side = ops.where(ops.isinf(side), ops.zeros_like(side), side)
    y = layers.Dense(3, "tanh", name="hop")(side * ops.matmul(edges, side * nodes))
    y = layers.Dense(1, name="y")(layers.GlobalAveragePooling1D(name="readout")(y))
    return dict(
        model=Model({"nodes": nodes, "edges": edges}, y, name="graph"), rows=graphs(rng, 12), reference=graphs(rng, 200)
    )
