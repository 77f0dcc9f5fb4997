"""Series of an archive that mark gaps with NaN, an inception-like network without any handling of them.

From https://github.com/timeseriesAI/tsai/issues/506.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=[1],
    rows=[2, 4],
    cured_by=("impute",),
)


def build():
    rng = seeded(6018)
    x = layers.Input((16, 2), name="series")
    branches = [layers.Conv1D(3, size, padding="same", name=f"width_{size}")(x) for size in (1, 3, 7)]
    y = layers.BatchNormalization(name="norm")(layers.Concatenate(name="inception")(branches))
    y = layers.GlobalAveragePooling1D(name="mean")(layers.Activation("swish", name="act")(y))
    reference = normal(rng, 90, 16, 2)
    rows = sampled(rng, reference, 6)
    rows[2, :5, 1] = rows[4, 11, 1] = np.nan
    return dict(
        model=Model(x, layers.Dense(3, "softmax", name="y")(y), name="inception_time"), rows=rows, reference=reference
    )
