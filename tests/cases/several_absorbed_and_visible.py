"""A gap in front of a fused ReLU (hidden), and a gap in a column that goes around it (visible)."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    incidents=[
        dict(
            symptom="absorbed",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["a"],
            rows=[2],
            cured_by=("impute",),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["d"],
            rows=[5, 6],
            cured_by=("impute",),
        ),
    ]
)


def build():
    rng = seeded(4305)
    x = layers.Input((4,), name="x")
    h = layers.Dense(8, "relu", name="hidden")(x[:, :3])
    y = layers.Dense(1, name="y")(layers.Concatenate()([h, x[:, 3:]]))
    reference = normal(rng, 220, 4)
    rows = sampled(rng, reference, 10)
    rows[2, 0] = np.nan
    rows[[5, 6], 3] = np.nan
    return dict(
        model=Model(x, y, name="skip"), rows=rows, reference=reference, metadata={"features": ["a", "b", "c", "d"]}
    )
