"""Two inputs, and the gap is in the second: the item's price never arrived."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["price"],
    rows=[2, 13],
    cured_by=("impute",),
)


def build():
    rng = seeded(1009)
    user, item = layers.Input((4,), name="user"), layers.Input((3,), name="item")
    u, i = layers.Dense(5, "tanh", name="user_tower")(user), layers.Dense(5, "tanh", name="item_tower")(item)
    model = Model({"user": user, "item": item}, layers.Dot(1, name="match")([u, i]), name="towers")
    reference = {"user": normal(rng, 220, 4), "item": normal(rng, 220, 3)}
    rows = sampled(rng, reference, 15)
    rows["item"][[2, 13], 0] = np.nan
    return dict(
        model=model,
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": {"user": ["a", "b", "c", "d"], "item": ["price", "age", "stock"]}},
    )
