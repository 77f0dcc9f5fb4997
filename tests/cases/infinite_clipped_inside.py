"""The model itself clips its rows to +-5: +Inf becomes 5, an answer as if the value had been measured as 5."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["altitude"],
    rows=[6, 7],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1107)
    x = layers.Input((2,), name="plane")
    y = layers.Dense(3, "elu", name="hidden")(ops.clip(x, -5.0, 5.0))
    reference = normal(rng, 200, 2)
    rows = sampled(rng, reference, 12)
    rows[[6, 7], 1] = np.inf
    return dict(
        model=Model(x, layers.Dense(1, name="fuel")(y), name="clipped"),
        rows=rows,
        reference=reference,
        metadata={"features": ["speed", "altitude"]},
    )
