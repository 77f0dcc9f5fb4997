"""NaN in one of many columns, and nobody kept training data: the cell itself is proof enough."""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["humidity"],
    rows=[1, 2, 8],
    cured_by=("impute",),
)


def build():
    rng = seeded(1005)
    names = [*[f"s{i}" for i in range(11)], "humidity"]
    model = Sequential(
        [layers.Input((12,), name="station"), layers.Dense(10, "swish", name="hidden"), layers.Dense(1, name="rain")]
    )
    rows = normal(rng, 10, 12)
    rows[[1, 2, 8], 11] = np.nan
    return dict(model=model, rows=rows, metadata={"features": names})


def cure(built):
    return dict(rows=np.nan_to_num(built["rows"]))
