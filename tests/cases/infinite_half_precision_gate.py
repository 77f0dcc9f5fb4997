"""The same kind in mixed float16, where the activations end at 65504."""

import numpy as np
from casekit import normal, policy, sampled, seeded
from keras import Sequential, layers

BAD = [1, 3]
CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["c"],
    rows=BAD,
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(472)
    with policy("mixed_float16"):
        model = Sequential(
            [
                layers.Input((3,), name="row"),
                layers.Dense(6, "tanh", name="hidden"),
                layers.Dense(1, dtype="float32", name="y"),
            ]
        )
    reference = normal(rng, 100, 3)
    rows = sampled(rng, reference, 7)
    rows[BAD, 2] = -np.inf
    return dict(model=model, rows=rows, reference=reference, metadata={"features": list("abc")})
