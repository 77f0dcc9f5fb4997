"""A counter divided by elapsed seconds, sometimes 0: the classic of time-based features. A deep ELU network, saved
as .h5.

From https://github.com/keras-team/keras/issues/828, whose thread lists division and Inf - Inf as sources of NaN.
"""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["per_second"],
    rows=[3, 9, 10],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1110)
    model = Sequential(
        [
            layers.Input((3,), name="flow"),
            layers.Dense(8, "elu", name="a"),
            layers.Dense(8, "elu", name="b"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(4, "softmax", name="attack"),
        ]
    )
    reference = normal(rng, 260, 3)
    rows = sampled(rng, reference, 14)
    rows[[3, 9, 10], 2] = np.inf
    return dict(
        model=model,
        format="h5",
        rows=rows,
        reference=reference,
        metadata={"features": ["bytes", "packets", "per_second"]},
    )
