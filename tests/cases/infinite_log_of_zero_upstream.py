"""log(0) computed before the model: -Inf in a column, a GELU network turns it to NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["log_amount"],
    rows=[3, 11],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1102)
    model = Sequential(
        [
            layers.Input((3,), name="payment"),
            layers.Dense(8, "gelu", name="hidden"),
            layers.Dense(1, "sigmoid", name="fraud"),
        ]
    )
    reference = normal(rng, 280, 3)
    rows = sampled(rng, reference, 13)
    rows[[3, 11], 0] = -np.inf
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["log_amount", "hour", "distance"]})
