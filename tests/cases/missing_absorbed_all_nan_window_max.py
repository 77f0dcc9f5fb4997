"""A pooled window of NaN only: max pooling answers the smallest float, and a sigmoid makes an ordinary 0 of it."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["lidar"],
    rows=[1, 3],
    cured_by=("impute",),
)


def build():
    rng = seeded(1032)
    x = layers.Input((8, 8, 2), name="grid")
    y = layers.MaxPooling2D(4, name="coarse")(x)
    y = layers.Activation("sigmoid", name="squash")(y)
    y = layers.Dense(1, name="obstacle")(layers.Flatten()(y))
    reference = uniform(rng, 100, 8, 8, 2)
    rows = sampled(rng, reference, 6)
    rows[1, :4, :4, 1] = np.nan
    rows[3, :, :, 1] = np.nan
    return dict(
        model=Model(x, y, name="coarse_grid"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["radar", "lidar"]},
    )
