"""Three rows miss three different columns: form fields that are optional."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["phone", "income", "children"],
    rows=[3, 10, 21],
    cured_by=("impute",),
)


def build():
    rng = seeded(1010)
    model = Sequential(
        [
            layers.Input((5,), name="form"),
            layers.Dense(12, "mish", name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(1, "sigmoid", name="approve"),
        ]
    )
    reference = normal(rng, 300, 5)
    rows = sampled(rng, reference, 24)
    rows[3, 0] = rows[10, 2] = rows[21, 4] = np.nan
    return dict(
        model=model,
        format="h5",
        rows=rows,
        reference=reference,
        metadata={"features": ["phone", "age", "income", "city_size", "children"]},
    )
