"""The logarithm of an exposure of 0 days is -Inf: exp(-Inf) = 0 claims, an answer that nobody computed.

Real life: an offset column log(days) of a policy that began today. The limit is exact; the cell as sent is not meant.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

BAD = [2, 9, 10]
CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["log_days"],
    rows=BAD,
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(407)
    risk, offset = layers.Input((3,), name="risk"), layers.Input((1,), name="log_days")
    rate = layers.Dense(1, name="log_rate")(layers.Dense(5, "tanh", name="mix")(risk))
    model = Model({"risk": risk, "log_days": offset}, ops.exp(rate + offset), name="claims")
    reference = {"risk": normal(rng, 200, 3), "log_days": np.log(rng.integers(1, 366, (200, 1))).astype("float32")}
    rows = sampled(rng, reference, 14)
    rows["log_days"][BAD] = -np.inf
    return dict(model=model, rows=rows, reference=reference)
