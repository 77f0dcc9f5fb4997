"""A value a hundred times the training range into a tanh: unusual, finite, answered. No incident of NaN."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True, tolerated=("drift",))


def build():
    rng = seeded(5054)
    model = Sequential(
        [layers.Input((3,), name="x"), layers.Dense(4, "tanh", name="hidden"), layers.Dense(1, name="y")]
    )
    reference = uniform(rng, 200, 3)
    rows = sampled(rng, reference, 15)
    rows[6, 1] = 100.0
    return dict(model=model, rows=rows, reference=reference)
