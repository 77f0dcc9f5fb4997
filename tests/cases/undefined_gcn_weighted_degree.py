"""Edges with weights that sum to less than zero: degree ** -0.5 of a negative degree.

From https://github.com/pyg-team/pytorch_geometric/issues/61: weighted degrees have to be positive.
"""

import numpy as np
from casekit import normal, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("rsqrt", "weighted_gcn"), operation=("Rsqrt", "Pow")),
    features=None,
    rows=[0, 3],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3014)
    nodes, edges = layers.Input((3, 2), name="nodes"), layers.Input((3, 3), name="weights")
    degree = ops.sum(edges, axis=-1, keepdims=True)
    side = ops.rsqrt(ops.maximum(degree, 1e-3) if repaired else degree)
    y = layers.Dense(3, "tanh", name="mix")(side * ops.matmul(edges, side * nodes))
    y = layers.Dense(1, name="out")(layers.Flatten()(y))
    reference = {"nodes": normal(rng, 200, 3, 2), "weights": uniform(rng, 200, 3, 3, low=-0.4, high=1.0)}
    degrees = reference["weights"].sum(-1).min(1)
    good, bad = np.flatnonzero(degrees > 0.05), np.flatnonzero(degrees < -0.05)
    index = np.concatenate([good[:6]])
    index[[0, 3]] = bad[:2]
    rows = {name: values[index].copy() for name, values in reference.items()}
    return dict(model=Model({"nodes": nodes, "weights": edges}, y, name="weighted_gcn"), rows=rows, reference=reference)
