"""A pairwise distance sqrt(sum of squares) is fine at 0, but the direction (x - y) / distance is not.

From https://github.com/keras-team/keras/issues/13203 and https://github.com/tensorflow/tensorflow/issues/12071:
the norm at zero.
"""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("DivNoNan", "RealDiv", "Div")),
    features=None,
    rows=[2],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3020)
    kernel = tf.Variable(rng.normal(size=(2, 1)).astype("float32"))

    def serve(here, there):
        way = there - here
        distance = tf.norm(way, axis=1, keepdims=True)
        direction = way / (distance + 1e-6 if repaired else distance)
        return {"turn": tf.matmul(direction, kernel)}

    reference = {"here": normal(rng, 200, 2), "there": normal(rng, 200, 2)}
    rows = sampled(rng, reference, 6)
    reference["there"][:4] = reference["here"][:4]
    rows["there"][2] = rows["here"][2]
    spec = tf.TensorSpec((None, 2))
    return dict(model=module(serve, kernel, here=spec, there=spec), format="savedmodel", rows=rows, reference=reference)
