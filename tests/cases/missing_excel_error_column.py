"""A column computed in a spreadsheet arrives as NaN in a third of the rows: the formula failed there."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["turnover_ratio"],
    rows=list(range(0, 30, 3)),
    cured_by=("impute",),
)


def build():
    rng = seeded(1029)
    model = Sequential(
        [
            layers.Input((7,), name="firm"),
            layers.Dense(8, "leaky_relu", name="a"),
            layers.Dropout(0.3, name="drop"),
            layers.Dense(4, "elu", name="b"),
            layers.Dense(1, "sigmoid", name="default"),
        ]
    )
    reference = normal(rng, 300, 7)
    rows = sampled(rng, reference, 30)
    rows[::3, 5] = np.nan
    return dict(
        model=model,
        format="h5",
        rows=rows,
        reference=reference,
        metadata={"features": ["age", "size", "debt", "cash", "staff", "turnover_ratio", "export"]},
    )
