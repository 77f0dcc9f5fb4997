"""One batch, two faults: two rows lack the age, another has an infinite rate."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    incidents=[
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["age"],
            rows=[1, 8],
            cured_by=("impute",),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_infinite",
            origin=dict(kind="input", layer=None, operation=None),
            features=["rate"],
            rows=[5],
            cured_by=("replace_infinite", "impute", "clip"),
        ),
    ]
)


def build():
    rng = seeded(4301)
    model = Sequential(
        [
            layers.Input((4,), name="client"),
            layers.Dense(7, "gelu", name="hidden"),
            layers.LayerNormalization(name="norm"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = normal(rng, 240, 4)
    rows = sampled(rng, reference, 12)
    rows[[1, 8], 0] = np.nan
    rows[5, 2] = np.inf
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["age", "size", "rate", "term"]})
