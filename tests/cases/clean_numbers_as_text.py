"""A table in which every cell came as text, and every text is a number: nothing is wrong with it."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True, tolerated=())


def build(repaired=False):
    rng = seeded(9116)
    model = Sequential([layers.Input((3,), name="x"), layers.Dense(4, "relu"), layers.Dense(1)])
    reference = normal(rng, 100, 3)
    return dict(model=model, rows=sampled(rng, reference, 9).astype("U12"), reference=reference)
