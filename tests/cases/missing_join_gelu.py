"""A customer without a record in the second table: a left join leaves NaN in two columns, and a GELU network answers
NaN.

From reports such as https://github.com/keras-team/keras/issues/2967, where the data "looked fine" until somebody
counted.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

NAMES = ["visits", "spend", "age", "region_income", "region_size"]
BAD = [4, 9, 15]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["region_income", "region_size"],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(1001)
    model = Sequential(
        [
            layers.Input((5,), name="client"),
            layers.Dense(9, "gelu", name="mix"),
            layers.Dense(6, "elu", name="squeeze"),
            layers.Dense(1, name="value"),
        ]
    )
    reference = normal(rng, 350, 5)
    rows = sampled(rng, reference, 18)
    rows[BAD, 3:] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": NAMES})
