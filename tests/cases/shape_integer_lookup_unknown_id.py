"""An identifier that the vocabulary does not hold, and a lookup without a place for unknown ones."""

import numpy as np
from casekit import seeded
from keras import Model, layers

CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["shop"],
    rows=[2, 4],
    cured_by=None,
)


def build():
    rng = seeded(8039)
    shop = layers.Input((1,), dtype="int64", name="shop")
    stock = layers.Input((1,), name="stock")
    place = layers.IntegerLookup(vocabulary=[101, 205, 309], num_oov_indices=0, name="place")(shop)
    vector = layers.Flatten(name="flat")(layers.Embedding(3, 2, name="vector")(place))
    y = layers.Dense(1, name="y")(layers.Concatenate(name="all")([vector, stock]))
    reference = {"shop": rng.choice([101, 205, 309], (100, 1)), "stock": rng.uniform(0, 1, (100, 1)).astype("float32")}
    rows = {name: values[:6].copy() for name, values in reference.items()}
    rows["shop"][[2, 4]] = [[777], [888]]
    return dict(model=Model([shop, stock], y, name="chain"), rows=rows, reference=reference)


def cure(built):
    return dict(rows={**built["rows"], "shop": np.full((6, 1), 101)})
