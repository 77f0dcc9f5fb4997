"""A window of 6 steps with 2 features arrives as 12 columns in a row: the client flattened it."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=list(range(5)), cured_by=None
)


def cure(built):
    return dict(rows=built["rows"].reshape(5, 6, 2))


def build():
    rng = seeded(4206)
    model = Sequential([layers.Input((6, 2), name="window"), layers.LSTM(3, name="memory"), layers.Dense(1, name="y")])
    reference = normal(rng, 120, 6, 2)
    return dict(model=model, rows=sampled(rng, reference, 5).reshape(5, 12), reference=reference)
