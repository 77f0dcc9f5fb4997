"""A position within a period, x mod period, with a period of 0 in some rows."""

import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("FloorMod", "Mod")),
    features=None,
    rows=[0, 5],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7014)
    kernel = tf.Variable(rng.normal(size=(1, 2)).astype("float32"))

    def serve(time, period):
        p = tf.maximum(period, 1e-3) if repaired else period
        return {"phase": tf.sin(tf.matmul(tf.math.floormod(time, p), kernel))}

    reference = {"time": uniform(rng, 200, 1, high=50), "period": rng.integers(1, 9, (200, 1)).astype("float32")}
    rows = sampled(rng, reference, 8)
    reference["period"][:4] = 0
    rows["period"][[0, 5]] = 0
    spec = tf.TensorSpec((None, 1))
    return dict(
        model=module(serve, kernel, time=spec, period=spec), format="savedmodel", rows=rows, reference=reference
    )
