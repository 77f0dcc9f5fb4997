"""pct_change() from a price of 0 is +Inf; dropna() keeps it. A window of returns goes into a dense network.

From https://github.com/TorchTrade/torchtrade/issues/398 and
https://github.com/tensorflow/tensorflow/issues/46145.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["return"],
    rows=[2, 3],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build(repaired=False):
    rng = seeded(6015)
    model = Sequential(
        [
            layers.Input((5, 2), name="candles"),
            layers.Flatten(),
            layers.Dense(8, "elu", name="hidden"),
            layers.LayerNormalization(name="norm"),
            layers.Dense(3, "softmax", name="action"),
        ]
    )
    reference = normal(rng, 160, 5, 2)
    rows = sampled(rng, reference, 9)
    rows[2, 3, 0] = rows[3, 2, 0] = np.inf
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["return", "volume"]})
