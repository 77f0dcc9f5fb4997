"""SQL gives Infinity for x / 0.0, and the serving code forwards it to a matrix factorisation."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["basket_share"],
    rows=[4],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1106)
    user, item = layers.Input((3,), name="user"), layers.Input((2,), name="item")
    u, i = layers.Dense(4, name="user_factors")(user), layers.Dense(4, name="item_factors")(item)
    y = layers.Dense(1, name="affinity")(layers.Multiply(name="pairs")([u, i]))
    reference = {"user": normal(rng, 200, 3), "item": normal(rng, 200, 2)}
    rows = sampled(rng, reference, 9)
    rows["user"][4, 2] = np.inf
    return dict(
        model=Model({"user": user, "item": item}, y, name="factors"),
        rows=rows,
        reference=reference,
        metadata={"features": {"user": ["age", "visits", "basket_share"], "item": ["price", "stock"]}},
    )
