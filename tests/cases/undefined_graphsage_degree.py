"""GraphSAGE's mean over neighbours, h / degree: a node without a neighbour divides 0 by 0.

From https://github.com/MrLeeeee/GCN-GAT-and-Graphsage/issues/3.
"""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

BAD = [2, 5]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "sage"), operation=("RealDiv", "Div")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation", "epsilon"),
)


def graphs(rng, count):
    edges = (rng.random((count, 5, 5)) < 0.6).astype("float32")
    edges[:, np.arange(5), (np.arange(5) + 1) % 5] = 1
    return {"nodes": normal(rng, count, 5, 3), "edges": edges}


def build(repaired=False):
    rng = seeded(3001)
    nodes, edges = layers.Input((5, 3), name="nodes"), layers.Input((5, 5), name="edges")
    degree = ops.sum(edges, axis=-1, keepdims=True)
    mean = ops.matmul(edges, nodes) / (ops.maximum(degree, 1.0) if repaired else degree)
    y = layers.Dense(4, "tanh", name="update")(layers.Concatenate(name="self_and_mean")([nodes, mean]))
    y = layers.Dense(1, name="label")(layers.GlobalAveragePooling1D(name="readout")(y))
    reference, rows = graphs(rng, 200), graphs(rng, 8)
    reference["edges"][::20, 3] = 0
    rows["edges"][BAD, 1] = 0
    return dict(model=Model({"nodes": nodes, "edges": edges}, y, name="sage"), rows=rows, reference=reference)
