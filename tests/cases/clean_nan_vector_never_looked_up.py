"""The table of words has a NaN vector for a word that none of these rows holds: their answers are right."""

import numpy as np
from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(7030)
    model = Sequential(
        [
            layers.Input((5,), dtype="int32", name="tokens"),
            layers.Embedding(20, 4, name="words"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(2, name="y"),
        ]
    )
    (table,) = model.get_layer("words").get_weights()
    table[19] = np.nan
    model.get_layer("words").set_weights([table])
    reference = rng.integers(0, 19, (150, 5)).astype("int32")
    return dict(model=model, rows=sampled(rng, reference, 9), reference=reference)
