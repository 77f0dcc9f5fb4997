"""-1 means "other" here: the reference holds it in a fifth of its rows, and the embedding has a row for it."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(5030)
    x = layers.Input((2,), name="x")
    vector = layers.Embedding(8, 3, name="kind")(ops.cast(x[:, 0] + 1, "int32"))
    y = layers.Dense(1, name="y")(layers.Concatenate()([vector, x[:, 1:]]))
    reference = np.hstack([rng.integers(-1, 7, (240, 1)), normal(rng, 240, 1)]).astype("float32")
    return dict(model=Model(x, y, name="kinds"), rows=sampled(rng, reference, 25), reference=reference)
