"""Not a weight but a constant: class priors computed as count / 0 in the export script, frozen into the graph."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind=("constant", "weight"), layer=None, operation=None),
    features=None,
    rows=list(range(8)),
    cured_by=None,
)


def build(repaired=False):
    rng = seeded(2008)
    kernel = tf.Variable(rng.normal(size=(3, 3)).astype("float32"))
    priors = np.array([0.2, 0.5, 0.3 if repaired else np.nan], "float32")

    def serve(x):
        return {"posterior": tf.nn.softmax(tf.matmul(x, kernel) + tf.constant(priors))}

    reference = normal(rng, 160, 3)
    return dict(
        model=module(serve, kernel, x=tf.TensorSpec((None, 3))),
        format="savedmodel",
        rows=sampled(rng, reference, 8),
        reference=reference,
    )
