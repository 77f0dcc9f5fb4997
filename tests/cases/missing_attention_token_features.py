"""A sequence of feature vectors goes through self-attention: one missing cell makes all positions of that row NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["dose"],
    rows=[0, 9],
    cured_by=("impute",),
)


def build():
    rng = seeded(1007)
    x = layers.Input((6, 4), name="visits")
    y = layers.Dense(8, name="embed")(x)
    y = layers.LayerNormalization(name="norm")(y + layers.MultiHeadAttention(2, 4, name="attend")(y, y))
    y = layers.GlobalAveragePooling1D(name="mean")(y)
    model = Model(x, layers.Dense(1, "sigmoid", name="readmitted")(y), name="history")
    reference = normal(rng, 180, 6, 4)
    rows = sampled(rng, reference, 10)
    rows[0, 5, 3] = rows[9, 1, 3] = np.nan
    return dict(
        model=model, rows=rows, reference=reference, metadata={"features": ["pulse", "weight", "fever", "dose"]}
    )
