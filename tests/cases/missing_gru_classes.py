"""Windows of a recurrent classifier with a hole: GRU and a softmax at each step carry the NaN to the class.

From https://github.com/keras-team/keras/issues/2967: GRU layers, many classes, one record at a time.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

BAD = [3, 5]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["gyro"],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(1003)
    model = Sequential(
        [
            layers.Input((9, 2), name="motion"),
            layers.GRU(6, return_sequences=True, name="first"),
            layers.GRU(5, return_sequences=True, name="second"),
            layers.TimeDistributed(layers.Dense(3, "softmax"), name="activity"),
        ]
    )
    reference = normal(rng, 150, 9, 2)
    rows = sampled(rng, reference, 8)
    rows[3, 0, 1] = np.nan
    rows[5, 2:6, 1] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["accel", "gyro"]})
