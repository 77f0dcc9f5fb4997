"""Rows of equal numbers into LayerNormalization with its usual epsilon: zeros, not NaN."""

from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5020)
    model = Sequential(
        [layers.Input((5,), name="x"), layers.LayerNormalization(name="norm"), layers.Dense(2, name="y")]
    )
    reference = rng.integers(0, 4, (200, 5)).astype("float32")
    rows = sampled(rng, reference, 12)
    rows[2], rows[7] = 3, 0
    return dict(model=model, format="h5", rows=rows, reference=reference)
