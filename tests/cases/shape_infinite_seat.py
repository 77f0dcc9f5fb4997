"""A seat number came from a division by the rows of a hall that was not built yet: an infinity is no index."""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers

BAD = [5]
CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["seat"],
    rows=BAD,
    cured_by=("replace_cells",),
)


def cure(built):
    rows = {name: values.copy() for name, values in built["rows"].items()}
    rows["seat"][BAD] = 2
    return dict(rows=rows)


def given(rng, count):
    return {"seat": rng.integers(0, 40, (count, 1)).astype("float32"), "price": normal(rng, count, 2)}


def build(repaired=False):
    rng = seeded(9103)
    seat, price = layers.Input((1,), name="seat"), layers.Input((2,), name="price")
    place = layers.Flatten()(layers.Embedding(40, 3, name="view")(seat))
    y = layers.Dense(1, name="demand")(layers.Concatenate()([place, price]))
    model = Model({"seat": seat, "price": price}, y, name="hall")
    reference, rows = given(rng, 150), given(rng, 9)
    rows["seat"][BAD] = np.inf
    return dict(model=model, rows=rows, reference=reference)
