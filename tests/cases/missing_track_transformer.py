"""A transformer over measured vectors with a learned position table and a gap: residuals carry it through two
blocks.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["speed"],
    rows=[0, 3],
    cured_by=("impute",),
)


def build():
    rng = seeded(1028)
    x = layers.Input((5, 3), name="track")
    y = layers.Dense(6, name="embed")(x)
    for i in (1, 2):
        a = layers.MultiHeadAttention(2, 3, name=f"attend_{i}")(y, y)
        y = layers.LayerNormalization(name=f"norm_{i}")(y + a)
        y = y + layers.Dense(6, name=f"out_{i}")(layers.Dense(8, "gelu", name=f"in_{i}")(y))
    model = Model(x, layers.Dense(2, name="next")(y[:, -1]), name="tracks")
    reference = normal(rng, 120, 5, 3)
    rows = sampled(rng, reference, 6)
    rows[0, 2, 2] = rows[3, 4, 2] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["east", "north", "speed"]})
