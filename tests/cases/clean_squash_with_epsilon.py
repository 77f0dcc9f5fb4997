"""A capsule network whose squash has its epsilon; capsules that are off stay zero.

From https://github.com/XifengGuo/CapsNet-Keras/issues/18.
"""

import numpy as np
from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(clean=True)


def build():
    rng = seeded(6029)
    x = layers.Input((3, 4), name="capsules_in")
    squared = ops.sum(ops.square(x), axis=-1, keepdims=True)
    y = squared / (1.0 + squared) / ops.sqrt(squared + 1e-7) * x
    reference = np.maximum(normal(rng, 140, 3, 4), 0)
    reference[:5, 1] = 0
    return dict(
        model=Model(x, ops.sqrt(ops.sum(ops.square(y), axis=-1)), name="capsules"),
        rows=reference[:9].copy(),
        reference=reference,
    )
