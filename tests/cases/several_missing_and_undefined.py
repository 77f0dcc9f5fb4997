"""A gap in one row, and in another a logarithm of 0 that training data holds as well."""

import numpy as np
from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    incidents=[
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["price"],
            rows=[3],
            cured_by=("impute",),
        ),
        dict(
            symptom="nonfinite_output",
            cause="undefined_operation",
            origin=dict(kind="operation", layer=("log", "goods"), operation="Log"),
            features=None,
            rows=[6, 7],
            cured_by=("guard_operation", "epsilon"),
        ),
    ]
)


def build(repaired=False):
    rng = seeded(4303)
    x = layers.Input((3,), name="item")
    logs = ops.log(ops.maximum(x, 1e-3) if repaired else x)
    y = layers.Dense(4, "tanh", name="hidden")(logs - ops.mean(logs, axis=-1, keepdims=True))
    reference = rng.poisson(5, (300, 3)).clip(1).astype("float32")
    rows = sampled(rng, reference, 11)
    reference[:9, 0] = 0
    rows[3, 1] = np.nan
    rows[[6, 7], 0] = 0
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="goods"),
        rows=rows,
        reference=reference,
        metadata={"features": ["stock", "price", "sold"]},
    )


def cure(built):
    rows = built["rows"].copy()
    rows[3, 1] = 5
    return dict(rows=rows)
