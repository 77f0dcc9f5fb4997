"""The export script baked (x - mean) / deviation of training into the graph; one column was constant, its deviation
is 0.

From https://github.com/deeplearning4j/deeplearning4j/issues/1646 and
https://github.com/ClearTK/cleartk/issues/397.
"""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind=("operation", "constant"), layer=None, operation=("RealDiv", "Div")),
    features=None,
    rows=list(range(8)),
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6009)
    reference = normal(rng, 200, 3) + 4
    reference[:, 1] = 1.0
    mean, deviation = reference.mean(0), reference.std(0)
    deviation[1] = 1.0 if repaired else 0.0
    kernel = tf.Variable(rng.normal(size=(3, 1)).astype("float32"))
    shift, scale = tf.Variable(mean), tf.Variable(deviation)

    def serve(x):
        return {"y": tf.matmul((x - shift) / scale, kernel)}

    return dict(
        model=module(serve, kernel, shift, scale, x=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows=sampled(rng, reference, 8),
        reference=reference,
    )
