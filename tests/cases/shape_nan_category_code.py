"""pandas' codes of a category are floats because one is missing: NaN becomes a huge negative index.

From https://github.com/tensorflow/tensorflow/issues/13642 (index out of range) and the habit of float columns in
pandas.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=["brand"], rows=[1, 5], cured_by=None)


def cure(built):
    return dict(rows=np.nan_to_num(built["rows"], nan=2.0))


def build():
    rng = seeded(4208)
    x = layers.Input((3,), name="car")
    code = layers.Embedding(9, 3, name="brand_vector")(ops.cast(x[:, 0], "int32"))
    y = layers.Dense(1, name="price")(layers.Concatenate()([code, x[:, 1:]]))
    reference = np.hstack([rng.integers(0, 9, (200, 1)), normal(rng, 200, 2)]).astype("float32")
    rows = sampled(rng, reference, 8)
    rows[[1, 5], 0] = np.nan
    return dict(
        model=Model(x, y, name="cars"),
        rows=rows,
        reference=reference,
        metadata={"features": ["brand", "age", "mileage"]},
    )
