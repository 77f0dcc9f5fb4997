"""A rate with a zero denominator in one reading of a window: +Inf into a GRU, whose gates saturate. The forecast is
finite.
"""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

BAD = [1, 6]
CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["fill_rate"],
    rows=BAD,
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1101)
    model = Sequential(
        [layers.Input((8, 2), name="minutes"), layers.GRU(5, name="memory"), layers.Dense(1, name="next")]
    )
    reference = uniform(rng, 160, 8, 2)
    rows = sampled(rng, reference, 10)
    rows[1, 3, 1] = rows[6, 7, 1] = np.inf
    return dict(
        model=model, format="h5", rows=rows, reference=reference, metadata={"features": ["requests", "fill_rate"]}
    )
