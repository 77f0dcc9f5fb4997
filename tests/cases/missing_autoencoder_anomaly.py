"""An anomaly score is the reconstruction error: with a missing sensor it is NaN, and NaN > threshold is never an
alarm.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["valve"],
    rows=[5, 6, 7, 8],
    cured_by=("impute",),
)


def build():
    rng = seeded(1008)
    x = layers.Input((6,), name="plant")
    code = layers.Dense(3, "tanh", name="encode")(x)
    back = layers.Dense(6, name="decode")(code)
    score = ops.mean(ops.square(x - back), axis=-1, keepdims=True)
    reference = normal(rng, 260, 6)
    rows = sampled(rng, reference, 20)
    rows[5:9, 4] = np.nan
    return dict(
        model=Model(x, {"code": code, "score": score}, name="watcher"),
        rows=rows,
        reference=reference,
        metadata={"features": ["in", "out", "heat", "flow", "valve", "pump"]},
    )
