"""User and item ids in one float matrix, joined from two tables: where no item was found, NaN is cast to an index."""

import numpy as np
from casekit import seeded
from keras import Model, layers

BAD = [2, 9]
CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["item"],
    rows=BAD,
    cured_by=("replace_cells",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[BAD, 1] = 1
    return dict(rows=rows)


def pairs(rng, count):
    return np.stack([rng.integers(0, 30, count), rng.integers(0, 12, count)], axis=1).astype("float32")


def build(repaired=False):
    rng = seeded(9102)
    both = layers.Input((2,), name="pair")
    user = layers.Embedding(30, 4, name="user_vector")(both[:, 0])
    item = layers.Embedding(12, 4, name="item_vector")(both[:, 1])
    model = Model(both, layers.Dot(1, name="affinity")([user, item]), name="pairs")
    rows = pairs(rng, 14)
    rows[BAD, 1] = np.nan
    return dict(model=model, rows=rows, reference=pairs(rng, 200), metadata={"features": ["user", "item"]})
