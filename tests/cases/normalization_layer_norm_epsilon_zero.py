"""LayerNormalization with epsilon 0 and a row whose features are all equal: variance 0, 0 / 0.

From https://github.com/VeriSilicon/TIM-VX/pull/589: epsilon was 0 by mistake, a row of equal numbers became NaN.
"""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="norm", operation=("Rsqrt", "Mul", "RealDiv")),
    features=None,
    rows=[2, 6],
    cured_by=("repair_statistics", "guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(2104)
    model = Sequential(
        [
            layers.Input((6,), name="levels"),
            layers.LayerNormalization(epsilon=1e-5 if repaired else 0.0, name="norm"),
            layers.Dense(2, name="y"),
        ]
    )
    reference = rng.integers(-2, 3, (240, 6)).astype("float32")
    rows = reference[np.ptp(reference, axis=1) > 1][:9].copy()
    reference[:4] = 2
    rows[[2, 6]] = 2
    return dict(model=model, rows=rows, reference=reference)
