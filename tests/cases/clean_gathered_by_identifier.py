"""A table of effects looked up by an id that is a float column, all ids within the table.

From https://github.com/tensorflow/tensorflow/issues/5260, on ids beyond it.
"""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(clean=True)


def build():
    rng = seeded(5074)
    effects = tf.Variable(rng.normal(size=12).astype("float32"))

    def serve(month, base):
        return {"y": base + tf.gather(effects, tf.cast(month, tf.int32))}

    reference = {"month": rng.integers(0, 12, (160, 1)).astype("float32"), "base": normal(rng, 160, 1)}
    spec = tf.TensorSpec((None, 1))
    return dict(
        model=module(serve, effects, month=spec, base=spec),
        format="savedmodel",
        rows=sampled(rng, reference, 11),
        reference=reference,
    )
