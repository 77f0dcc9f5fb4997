"""Matrix factorisation that diverged for one user and one item: vectors of 1e20.

Only where both meet the dot product does not fit float32.
"""

import numpy as np
from casekit import seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(
        kind="operation", layer=None, operation=("BatchMatMulV2", "MatMul", "Mul", "Einsum", "Sum", "BatchMatMul")
    ),
    features=None,
    rows=[1, 9],
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(521)
    user, item = layers.Input((1,), dtype="int32", name="user"), layers.Input((1,), dtype="int32", name="item")
    u, i = (
        layers.Flatten()(layers.Embedding(12, 4, name="users")(user)),
        layers.Flatten()(layers.Embedding(9, 4, name="items")(item)),
    )
    model = Model([user, item], layers.Dot(1, name="rating")([u, i]), name="factorisation")
    for name, row in (("users", 5), ("items", 3)):
        w = np.abs(model.get_layer(name).get_weights()[0]) + 0.5
        if not repaired:
            w[row] *= 1e20
        model.get_layer(name).set_weights([w])

    def table(n):
        return {"user": rng.integers(0, 12, (n, 1)).astype("int32"), "item": rng.integers(0, 9, (n, 1)).astype("int32")}

    reference, rows = table(300), table(12)
    rows["user"][:, 0] = [0, 5, 2, 5, 4, 1, 6, 7, 8, 5, 10, 11]
    rows["item"][:, 0] = [0, 3, 3, 1, 2, 4, 3, 5, 6, 3, 7, 8]
    return dict(model=model, rows=rows, reference=reference)
