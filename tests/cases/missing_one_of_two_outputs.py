"""Two heads: the missing column feeds one only, so half of the answer is right and half is NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["clicks"],
    rows=[1, 14],
    cured_by=("impute",),
)


def build():
    rng = seeded(1023)
    x = layers.Input((4,), name="session")
    stay = layers.Dense(1, name="stay")(layers.Dense(4, "tanh", name="time_part")(x[:, :2]))
    buy = layers.Dense(1, "sigmoid", name="buy")(layers.Dense(4, "tanh", name="click_part")(x[:, 2:]))
    reference = normal(rng, 210, 4)
    rows = sampled(rng, reference, 15)
    rows[[1, 14], 2] = np.nan
    return dict(
        model=Model(x, {"stay": stay, "buy": buy}, name="two_heads"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["pages", "minutes", "clicks", "scrolls"]},
    )
