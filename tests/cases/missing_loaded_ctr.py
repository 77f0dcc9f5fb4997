"""A click model that was saved and loaded answers NaN for part of the traffic: one dense feature of those rows was
NaN.

From https://github.com/shenweichen/DeepCTR/issues/224: loading was suspected, the features held NaN.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers

BAD = [0, 6, 7]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["dwell_time"],
    rows=BAD,
    cured_by=("impute",),
)


def build():
    rng = seeded(1002)
    user, dense = layers.Input((1,), dtype="int32", name="user"), layers.Input((3,), name="dense")
    vector = layers.Flatten()(layers.Embedding(30, 4, name="user_vector")(user))
    deep = layers.Dense(8, "selu", name="deep")(layers.Concatenate(name="all")([vector, dense]))
    wide = layers.Dense(1, name="wide")(dense)
    click = layers.Activation("sigmoid", name="click")(layers.Add()([wide, layers.Dense(1, name="deep_score")(deep)]))
    reference = {"user": rng.integers(0, 30, (300, 1)).astype("int32"), "dense": normal(rng, 300, 3)}
    rows = sampled(rng, reference, 16)
    rows["dense"][BAD, 1] = np.nan
    return dict(
        model=Model({"user": user, "dense": dense}, click, name="ctr"),
        format="h5",
        rows=rows,
        reference=reference,
        metadata={"features": {"dense": ["price", "dwell_time", "rank"]}},
    )
