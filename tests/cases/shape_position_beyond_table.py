"""A text longer than the position table: position 529 where the table has 512 (here 12), looked up inside the model.

From https://github.com/ScalaConsultants/Aspect-Based-Sentiment-Analysis/issues/51.
"""

import numpy as np
from casekit import sampled, seeded
from keras import Model, layers

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=[1], cured_by=None)


def cure(built):
    positions = np.minimum(built["rows"]["positions"], 11)
    return dict(rows={**built["rows"], "positions": positions})


def build():
    rng = seeded(4203)
    tokens = layers.Input((6,), dtype="int32", name="tokens")
    positions = layers.Input((6,), dtype="int32", name="positions")
    y = layers.Embedding(20, 4, name="words")(tokens) + layers.Embedding(12, 4, name="places")(positions)
    y = layers.Dense(2, name="aspect")(layers.GlobalAveragePooling1D(name="mean")(y))
    start = rng.integers(0, 7, (180, 1))
    reference = {
        "tokens": rng.integers(0, 20, (180, 6)).astype("int32"),
        "positions": (start + np.arange(6)).astype("int32"),
    }
    rows = sampled(rng, reference, 5)
    rows["positions"][1] = np.arange(8, 14)
    return dict(
        model=Model({"tokens": tokens, "positions": positions}, y, name="aspects"), rows=rows, reference=reference
    )
