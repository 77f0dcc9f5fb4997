"""-999 for "no thermometer" is in 3 percent of training, and the model replaces it by a learned default.

Three rows, one of them has it.
"""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(533)
    x = layers.Input((4,), name="weather")
    y = ops.where(ops.equal(x, -999.0), 0.25, x)
    model = Model(x, layers.Dense(1, "exponential", name="rate")(layers.Dense(6, "relu", name="h")(y)))
    reference, rows = normal(rng, 400, 4), normal(rng, 3, 4)
    reference[rng.random(400) < 0.03, 2] = -999
    rows[1, 2] = -999
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["wind", "rain", "temp", "sun"]})
