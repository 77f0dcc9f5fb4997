"""Self-loops give every node a degree of at least 1."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def graphs(rng, count):
    edges = (rng.random((count, 4, 4)) < 0.3).astype("float32")
    edges[:, np.arange(4), np.arange(4)] = 1
    return {"nodes": normal(rng, count, 4, 3), "edges": edges}


def build():
    rng = seeded(5026)
    nodes, edges = layers.Input((4, 3), name="nodes"), layers.Input((4, 4), name="edges")
    y = ops.matmul(edges, nodes) / ops.sum(edges, axis=-1, keepdims=True)
    y = layers.Dense(1, name="y")(layers.Flatten()(y))
    return dict(
        model=Model({"nodes": nodes, "edges": edges}, y, name="loops"),
        format="savedmodel",
        rows=graphs(rng, 10),
        reference=graphs(rng, 200),
    )
