"""The angle of a real number that is NaN is 0: a gap in a wind component becomes a wind from the east.

From https://github.com/tensorflow/tensorflow/issues/77821.
"""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["along"],
    rows=[1, 5],
    cured_by=("impute",),
)


def build():
    rng = seeded(8001)

    def serve(wind):
        direction = tf.math.angle(wind[:, :1])
        return {"risk": 0.2 * direction + tf.tanh(wind[:, 1:])}

    reference = np.stack([uniform(rng, 200, low=-9, high=1), uniform(rng, 200, low=0, high=3)], 1)
    rows = sampled(rng, reference, 8)
    rows[:, 0] = -np.abs(rows[:, 0])
    rows[[1, 5], 0] = np.nan
    return dict(
        model=module(serve, wind=tf.TensorSpec((None, 2))),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["along", "speed"]},
    )
