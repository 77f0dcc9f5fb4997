"""A log-probability head: log of a ReLU'd score that is exactly 0 for some classes. The sum of -Inf * 0 is NaN.

From https://github.com/hwalsuklee/tensorflow-mnist-VAE/issues/4: the logarithm got a 0.
"""

from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("log", "entropy"), operation="Log"),
    features=None,
    rows=[0, 2, 5],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3005)
    x = layers.Input((4,), name="votes")
    share = x / ops.sum(x, axis=-1, keepdims=True)
    logs = ops.log(share + 1e-6) if repaired else ops.log(share)
    y = -ops.sum(share * logs, axis=-1, keepdims=True)
    reference = rng.integers(1, 9, (300, 4)).astype("float32")
    rows = sampled(rng, reference, 9)
    reference[:10, 0] = reference[10:20, 2] = reference[20:30, 3] = 0
    rows[0, 0] = rows[2, 2] = rows[5, 3] = 0
    return dict(model=Model(x, y, name="entropy"), rows=rows, reference=reference)
