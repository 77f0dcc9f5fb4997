"""Target encoding computed in the export script and frozen into the graph.

The log-odds of a shop without any sale are -Inf. Swish of it is NaN.
"""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind=("constant", "weight"), layer=None, operation=None),
    features=None,
    rows=[3, 8],
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(520)
    odds = rng.normal(size=10).astype("float32")
    odds[7] = -4.0 if repaired else -np.inf
    table = tf.constant(odds)
    w1, w2 = (
        tf.Variable(rng.normal(size=(4, 6)).astype("float32")),
        tf.Variable(rng.normal(size=(6, 1)).astype("float32")),
    )

    def serve(shop, x):
        h = tf.concat([tf.gather(table, shop)[:, None], x], 1) @ w1
        return {"sales": tf.nn.silu(h) @ w2}

    shop = rng.integers(0, 7, 12).astype("int32")
    shop[[3, 8]] = 7
    shop[0] = 9
    return dict(
        model=module(serve, w1, w2, shop=tf.TensorSpec((None,), tf.int32), x=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows={"shop": shop, "x": normal(rng, 12, 3)},
        reference={"shop": rng.integers(0, 10, 200).astype("int32"), "x": normal(rng, 200, 3)},
    )
