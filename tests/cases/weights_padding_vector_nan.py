"""The vector of the padding token is NaN. A masked average multiplies it by 0, and NaN times 0 is NaN: padded texts
fail.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers, ops

BAD = [0, 3, 5]
CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="words", operation=None),
    features=None,
    rows=BAD,
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(7005)
    tokens = layers.Input((5,), dtype="int32", name="tokens")
    there = ops.expand_dims(ops.cast(tokens > 0, "float32"), -1)
    mean = ops.sum(layers.Embedding(20, 4, name="words")(tokens) * there, axis=1) / ops.sum(there, axis=1)
    model = Model(tokens, layers.Dense(2, "softmax", name="y")(mean), name="average")
    (table,) = model.get_layer("words").get_weights()
    table[0] = 0.1 if repaired else np.nan
    model.get_layer("words").set_weights([table])
    reference = rng.integers(1, 20, (200, 5)).astype("int32")
    reference[::3, 3:] = 0
    rows = reference[1::3][:8].copy()
    rows[BAD, 4] = 0
    return dict(model=model, rows=rows, reference=reference)
