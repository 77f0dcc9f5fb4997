"""Age is bucketised inside the model (Discretization, the Keras structured-data recipe).

A NaN age lands in some bucket.  Nothing is NaN in the answer; the applicant is scored as if he were of the last age
group.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["age"],
    rows=[2, 5],
    cured_by=("impute",),
)


def table(rng, n):
    return {
        "age": rng.integers(18, 80, (n, 1)).astype("float32"),
        "income": rng.normal(52000, 9000, (n, 1)).astype("float32"),
        "region": rng.choice(["north", "south", "east"], (n, 1)),
    }


def build():
    rng = seeded(501)
    age, income = layers.Input((1,), name="age"), layers.Input((1,), name="income")
    region = layers.Input((1,), dtype="string", name="region")
    a = layers.CategoryEncoding(6, output_mode="one_hot")(
        layers.Discretization(bin_boundaries=[25, 35, 50, 65, 75])(age)
    )
    i = layers.Normalization(mean=[52000.0], variance=[81e6])(income)
    r = layers.StringLookup(vocabulary=["north", "south", "east"], output_mode="one_hot")(region)
    y = layers.Dense(8, "tanh")(layers.Concatenate()([a, i, r]))
    model = Model([age, income, region], layers.Dense(1, "sigmoid", name="score")(y))
    rows = table(rng, 9)
    rows["age"][[2, 5]] = np.nan
    return dict(model=model, rows=rows, reference=table(rng, 300))


def cure(built):
    rows = {k: v.copy() for k, v in built["rows"].items()}
    rows["age"][[2, 5]] = 48.0
    return dict(rows=rows)
