"""One word of the vocabulary has a NaN vector (its gradient exploded once): only sentences that hold this word fail."""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

BAD = [1, 5, 6]
CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="words", operation=None),
    features=None,
    rows=BAD,
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2002)
    model = Sequential(
        [
            layers.Input((6,), dtype="int32", name="tokens"),
            layers.Embedding(40, 5, name="words"),
            layers.LSTM(4, name="memory"),
            layers.Dense(2, "softmax", name="mood"),
        ]
    )
    (table,) = model.get_layer("words").get_weights()
    if not repaired:
        table[17] = np.nan
    model.get_layer("words").set_weights([table])
    reference = rng.integers(0, 40, (300, 6)).astype("int32")
    rows = reference[(reference != 17).all(1)][:10].copy()
    rows[BAD, [0, 3, 5]] = 17
    return dict(model=model, rows=rows, reference=reference)
