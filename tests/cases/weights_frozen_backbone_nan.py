"""A frozen backbone: not trainable any more, and still no statistic. Its kernel was NaN when it was taken over."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer="features", operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_weights",),
)


def build(repaired=False):
    rng = seeded(9108)
    model = Sequential(
        [
            layers.Input((5,), name="x"),
            layers.Dense(7, "tanh", name="features", trainable=False),
            layers.Dense(1, name="head"),
        ]
    )
    if not repaired:
        kernel = np.array(model.get_layer("features").kernel)
        kernel[2, 3] = np.nan
        model.get_layer("features").kernel.assign(kernel)
    reference = normal(rng, 80, 5)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
