"""A batch aggregated by the caller: Inf was recorded as answer, the model itself answers a number for the rows sent."""

import numpy as np
from casekit import sampled, seeded, served, uniform
from keras import Sequential, layers

CASE = dict(symptom="nonfinite_output", cause="not_reproduced", origin=None, features=None, rows=[3, 5], cured_by=None)


def build():
    rng = seeded(4107)
    model = Sequential(
        [layers.Input((3,), name="x"), layers.Dense(4, "relu", name="hidden"), layers.Dense(1, name="y")]
    )
    reference = uniform(rng, 150, 3)
    rows = sampled(rng, reference, 7)
    return dict(model=model, format="h5", rows=rows, reference=reference, outputs=served(model, rows, [3, 5], np.inf))
