"""The first call after a restart answered NaN (weights were not restored yet); nothing of it is recorded."""

from casekit import normal, sampled, seeded, served
from keras import Sequential, layers

CASE = dict(symptom="nonfinite_output", cause="not_reproduced", origin=None, features=None, rows=[0], cured_by=None)


def build():
    rng = seeded(4105)
    model = Sequential([layers.Input((4, 2), name="steps"), layers.GRU(3, name="memory"), layers.Dense(1, name="y")])
    reference = normal(rng, 120, 4, 2)
    rows = sampled(rng, reference, 9)
    return dict(model=model, rows=rows, reference=reference, outputs=served(model, rows, [0]))
