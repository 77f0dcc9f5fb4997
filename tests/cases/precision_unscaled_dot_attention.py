"""Self-attention without the factor 1/sqrt(d) in mixed_float16.

The dot product of a loud token with itself exceeds 65504; softmax of Inf is NaN.
"""

import numpy as np
from casekit import normal, policy, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=dict(kind="operation", layer=None, operation=("BatchMatMulV2", "BatchMatMul", "Einsum", "MatMul")),
    features=None,
    rows=[1, 4],
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(517)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((6, 16), name="tokens")
        q = layers.Dense(64, name="query")(x)
        s = layers.Dot((2, 2), name="similarity")([q, q])
        a = layers.Dot((2, 1), name="mix")([layers.Softmax(name="attention")(s), q])
        y = layers.GlobalAveragePooling1D(name="pool")(a)
        model = Model(x, layers.Dense(2, dtype="float32", name="intent")(y), name="encoder")
    _, b = model.get_layer("query").get_weights()
    q, _ = np.linalg.qr(rng.normal(size=(64, 16)))
    model.get_layer("query").set_weights([(q.T * 50).astype("float32"), b])
    reference, rows = normal(rng, 150, 6, 16), normal(rng, 6, 6, 16, limit=0.9)
    rows[1, 3] = 2.9
    rows[4, 0] = -2.9
    return dict(model=model, rows=rows, reference=reference)
