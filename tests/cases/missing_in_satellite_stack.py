"""NaN and no mask in a stack of bands: a U-shaped network with skip connections answers NaN for the whole tile.

From https://github.com/NRCan/geo-deep-learning/issues/68.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["swir"],
    rows=[0],
    cured_by=("impute",),
)


def build():
    rng = seeded(6017)
    x = layers.Input((8, 8, 3), name="stack")
    a = layers.Conv2D(4, 3, padding="same", activation="elu", name="down")(x)
    b = layers.Conv2D(4, 3, padding="same", activation="elu", name="deep")(layers.AveragePooling2D(2, name="half")(a))
    y = layers.Concatenate(name="skip")([a, layers.UpSampling2D(2, name="double")(b)])
    y = layers.Conv2D(2, 1, activation="softmax", name="cover")(y)
    reference = uniform(rng, 60, 8, 8, 3)
    rows = sampled(rng, reference, 4)
    rows[0, 5, 6, 2] = np.nan
    return dict(
        model=Model(x, y, name="unet"), rows=rows, reference=reference, metadata={"features": ["green", "red", "swir"]}
    )
