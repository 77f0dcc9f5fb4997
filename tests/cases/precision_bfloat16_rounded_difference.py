"""257 is 256 in bfloat16: the difference to 256 is 0 there, and 1 in float32. A quotient by it is infinite."""

import numpy as np
from casekit import policy, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=[1, 4],
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(9112)
    with policy("float32" if repaired else "mixed_bfloat16"):
        x = layers.Input((2,), name="counter")
        gap = layers.Subtract(name="gap")([x[:, :1], x[:, 1:]])
        share = 1.0 / gap
        model = Model(x, layers.Dense(1, dtype="float32", name="y")(share), name="counters")
    low = np.full(80, 256.0)
    step = rng.choice([1.0, 4.0, 6.0, 8.0], 80)
    reference = np.stack([low + step, low], axis=1).astype("float32")
    rows = np.array([[260, 256], [257, 256], [264, 256], [262, 256], [257, 256]], "float32")
    return dict(model=model, rows=rows, reference=reference)
