"""One row has an infinite cell that a sigmoid swallows, another a gap that is visible."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

CASE = dict(
    incidents=[
        dict(
            symptom="absorbed",
            cause="input_infinite",
            origin=dict(kind="input", layer=None, operation=None),
            features=["ratio"],
            rows=[2],
            cured_by=("replace_infinite", "impute", "clip"),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["age"],
            rows=[7],
            cured_by=("impute",),
        ),
    ]
)


def build():
    rng = seeded(7028)
    x = layers.Input((3,), name="x")
    y = layers.Dense(4, name="hidden")(layers.Activation("sigmoid", name="squash")(x))
    reference = normal(rng, 200, 3)
    rows = sampled(rng, reference, 10)
    rows[2, 1], rows[7, 0] = np.inf, np.nan
    return dict(
        model=Model(x, layers.Dense(1, name="y")(y), name="squashed"),
        rows=rows,
        reference=reference,
        metadata={"features": ["age", "ratio", "size"]},
    )
