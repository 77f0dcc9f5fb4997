"""The same normalisation of an isolated node in three layers of a graph network, as .keras with bare operations."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

BAD = [4]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("Rsqrt", "Pow", "RealDiv")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation",),
)


def build(repaired=False):
    rng = seeded(432)
    nodes, edges = layers.Input((4, 3), name="nodes"), layers.Input((4, 4), name="edges")
    y = nodes
    for hop in range(3):
        degree = ops.sum(edges, axis=-1, keepdims=True)
        side = ops.rsqrt(ops.maximum(degree, 1e-6) if repaired else degree)
        y = layers.Dense(5, "tanh", name=f"hop_{hop}")(side * ops.matmul(edges, side * y))
    y = layers.Dense(1, name="toxicity")(layers.GlobalAveragePooling1D(name="all_nodes")(y))

    def graphs(count):
        half = np.triu(np.ones((count, 4, 4), "float32"), 1) * (rng.random((count, 4, 4)) < 0.8)
        half[:, 0, 1:] = 1
        return {"nodes": normal(rng, count, 4, 3), "edges": (half + half.transpose(0, 2, 1)).astype("float32")}

    reference, rows = graphs(120), graphs(7)
    for data, which in ((reference, [3, 70]), (rows, BAD)):
        data["edges"][which, 3, :] = data["edges"][which, :, 3] = 0
    return dict(model=Model({"nodes": nodes, "edges": edges}, y, name="toxic"), rows=rows, reference=reference)
