"""A look-up of a weekday effect inside a SavedModel: day 7 does not exist, the days are 0 to 6."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="replay_failed", cause="shape_or_type", origin=None, features=["day"], rows=[2, 4, 5], cured_by=None
)


def cure(built):
    return dict(rows={**built["rows"], "day": np.minimum(built["rows"]["day"], 6)})


def build():
    rng = seeded(4207)
    effect = tf.Variable(rng.normal(size=7).astype("float32"))

    def serve(day, base):
        return {"demand": base + tf.gather(effect, day)}

    reference = {"day": rng.integers(0, 7, (150, 1)).astype("int32"), "base": normal(rng, 150, 1)}
    rows = sampled(rng, reference, 8)
    rows["day"][[2, 4, 5]] = 7
    specs = dict(day=tf.TensorSpec((None, 1), tf.int32), base=tf.TensorSpec((None, 1)))
    return dict(model=module(serve, effect, **specs), format="savedmodel", rows=rows, reference=reference)
