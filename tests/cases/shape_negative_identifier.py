"""-999 stands for "unknown shop" in the database, and the embedding has no such row.

From https://github.com/tensorflow/tensorflow/issues/27033: a CPU raises, a GPU answers zeros.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=["shop"], rows=[0, 9], cured_by=None)


def cure(built):
    return dict(rows={**built["rows"], "shop": np.maximum(built["rows"]["shop"], 0)})


def build():
    rng = seeded(4205)
    shop, sales = layers.Input((1,), dtype="int32", name="shop"), layers.Input((2,), name="sales")
    vector = layers.Flatten()(layers.Embedding(15, 3, name="shop_vector")(shop))
    y = layers.Dense(1, name="forecast")(layers.Concatenate()([vector, sales]))
    reference = {"shop": rng.integers(0, 15, (200, 1)).astype("int32"), "sales": normal(rng, 200, 2)}
    rows = sampled(rng, reference, 11)
    rows["shop"][[0, 9]] = -999
    return dict(model=Model({"shop": shop, "sales": sales}, y, name="shops"), rows=rows, reference=reference)
