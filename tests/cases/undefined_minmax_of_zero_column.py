"""Min-max of a column over the time axis, written out by hand: a column of zeroes has no range.

From https://github.com/jeffheaton/encog-dotnet-core/issues/27.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=[4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6011)
    x = layers.Input((6, 2), name="counts")
    low, high = ops.min(x, axis=1, keepdims=True), ops.max(x, axis=1, keepdims=True)
    width = ops.maximum(high - low, 1.0) if repaired else high - low
    y = layers.LSTM(3, name="memory")((x - low) / width)
    reference = rng.poisson(3, (150, 6, 2)).astype("float32")
    flat = np.ptp(reference, axis=1).min(1) == 0
    rows = reference[~flat][:7].copy()
    reference[:3, :, 1] = 0
    rows[4, :, 1] = 0
    return dict(model=Model(x, layers.Dense(1, name="y")(y), name="by_hand"), rows=rows, reference=reference)
