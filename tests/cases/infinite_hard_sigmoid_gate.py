"""-Inf into a hard sigmoid gate: 0, as if the gate had been closed on purpose."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["log_stock"],
    rows=[0, 6],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(7003)
    x = layers.Input((2,), name="item")
    gate = layers.Activation("hard_sigmoid", name="gate")(x[:, 1:])
    y = layers.Dense(1, name="demand")(x[:, :1]) * gate
    reference = uniform(rng, 180, 2, low=-2, high=2)
    rows = sampled(rng, reference, 9)
    rows[[0, 6], 1] = -np.inf
    return dict(
        model=Model(x, y, name="gated"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["price", "log_stock"]},
    )
