"""+Inf as sent, and no reference: the value itself says it."""

import numpy as np
from casekit import normal, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=[4],
    rows=[1, 2],
    cured_by=("replace_infinite", "impute", "clip"),
)


def cure(built):
    return dict(rows=np.nan_to_num(built["rows"], posinf=1.0))


def build():
    rng = seeded(1109)
    model = Sequential(
        [layers.Input((5,), name="x"), layers.Dense(6, "silu", name="hidden"), layers.Dense(3, "softmax", name="y")]
    )
    rows = normal(rng, 7, 5)
    rows[1:3, 4] = np.inf
    return dict(model=model, format="savedmodel", rows=rows)
