"""1 / alpha, then the logarithm of a share that is 0 in the same rows: behind the first failure waits a second.

Real life: a hand-written entropy of normalised counts. A guard at the division only uncovers the logarithm.
"""

from casekit import seeded
from keras import Model, layers, ops

BAD = [2, 5]
CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Reciprocal")),
    features=None,
    rows=BAD,
    cured_by=("guard_operation",),
)


def build(repaired=False):
    rng = seeded(431)
    x = layers.Input((4,), name="counts")
    total = ops.sum(x, axis=-1, keepdims=True)
    share = x / (ops.maximum(total, 1e-6) if repaired else total)
    entropy = -ops.sum(share * ops.log(ops.maximum(share, 1e-9) if repaired else share), axis=-1, keepdims=True)
    model = Model(x, layers.Dense(1, name="variety")(entropy), name="entropy")
    reference = rng.integers(1, 9, (150, 4)).astype("float32")
    reference[:3] = 0
    rows = rng.integers(1, 9, (9, 4)).astype("float32")
    rows[BAD] = 0
    return dict(model=model, rows=rows, reference=reference)
