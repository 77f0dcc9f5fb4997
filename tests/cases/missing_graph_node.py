"""One atom of a molecule has no measured charge: message passing hands its NaN to all neighbours."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["charge"],
    rows=[2, 3],
    cured_by=("impute",),
)


def build():
    rng = seeded(1021)
    nodes, edges = layers.Input((4, 3), name="atoms"), layers.Input((4, 4), name="bonds")
    y = layers.Dense(5, "tanh", name="message")(nodes)
    y = ops.matmul(edges, y) / (ops.sum(edges, axis=-1, keepdims=True) + 1.0)
    y = layers.Dense(1, name="energy")(layers.GlobalAveragePooling1D(name="readout")(y))
    ring = np.eye(4, k=1) + np.eye(4, k=-1) + np.eye(4, k=3) + np.eye(4, k=-3)
    reference = {"atoms": normal(rng, 150, 4, 3), "bonds": np.repeat(ring[None], 150, 0).astype("float32")}
    reference["bonds"][::3, 0, 1] = 0
    rows = sampled(rng, reference, 8)
    rows["atoms"][2, 1, 2] = rows["atoms"][3, 0, 2] = np.nan
    return dict(
        model=Model({"atoms": nodes, "bonds": edges}, y, name="molecule"),
        rows=rows,
        reference=reference,
        metadata={"features": {"atoms": ["mass", "radius", "charge"]}},
    )
