"""A column that never varied in training: Keras puts its epsilon in place of the deviation of zero.

From https://github.com/Dobiasd/frugally-deep/pull/384: what is NaN in an importer is finite in Keras.
"""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5019)
    reference = normal(rng, 250, 3) * 2 + 5
    reference[:, 1] = 4.0
    scaler = layers.Normalization(name="scaler")
    scaler.adapt(reference)
    model = Sequential(
        [layers.Input((3,), name="x"), scaler, layers.Dense(4, "tanh", name="hidden"), layers.Dense(1, name="y")]
    )
    return dict(model=model, rows=sampled(rng, reference, 15), reference=reference)
