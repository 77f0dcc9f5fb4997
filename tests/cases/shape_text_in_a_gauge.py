"""A gauge writes "storm" where it is off its scale: the whole column arrives as text, and one cell is no number."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["wind"],
    rows=[3],
    cured_by=("replace_cells",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[3, 1] = "0.5"
    return dict(rows=rows)


def build(repaired=False):
    rng = seeded(9101)
    model = Sequential([layers.Input((3,), name="weather"), layers.Dense(6, "tanh", name="mix"), layers.Dense(1)])
    reference = normal(rng, 120, 3)
    rows = sampled(rng, reference, 8).astype("U12")
    rows[3, 1] = "storm"
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["temperature", "wind", "rain"]})
