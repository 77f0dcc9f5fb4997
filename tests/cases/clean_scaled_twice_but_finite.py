"""Rows are divided by 255 once too often: wrong for the business, yet finite and inside the reference. Drift's work,
if at all.
"""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(clean=True, tolerated=("drift",))


def build():
    rng = seeded(5035)
    model = Sequential(
        [
            layers.Input((6, 6, 1), name="image"),
            layers.Conv2D(3, 3, activation="relu", name="edges"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, "softmax", name="y"),
        ]
    )
    reference = uniform(rng, 90, 6, 6, 1)
    reference[0] = 0
    return dict(model=model, rows=sampled(rng, reference, 7) / 255, reference=reference)
