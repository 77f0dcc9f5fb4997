"""A gap in two rows and a far outlier in a third, in front of an exponential head."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    incidents=[
        dict(
            symptom="nonfinite_output",
            cause="input_missing",
            origin=dict(kind="input", layer=None, operation=None),
            features=["rain"],
            rows=[0, 4],
            cured_by=("impute",),
        ),
        dict(
            symptom="nonfinite_output",
            cause="input_out_of_distribution",
            origin=dict(kind="operation", layer=("rate", "river"), operation="Exp"),
            features=["snow"],
            rows=[9],
            cured_by=("clip",),
        ),
    ]
)


def build():
    rng = seeded(4302)
    model = Sequential(
        [layers.Input((3,), name="catchment"), layers.Dense(1, "exponential", kernel_initializer="ones", name="rate")],
        name="river",
    )
    reference = normal(rng, 260, 3)
    rows = sampled(rng, reference, 13)
    rows[[0, 4], 1] = np.nan
    rows[9, 2] = 1340.0
    return dict(
        model=model,
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["level", "rain", "snow"]},
    )
