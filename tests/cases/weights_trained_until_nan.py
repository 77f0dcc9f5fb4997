"""A real training that diverged: targets in the millions, plain gradient descent, and the last epoch was saved
anyway.

From https://github.com/NLeSC/mcfly/issues/43: a large learning rate, NaN weights, a loss of NaN.
"""

import keras
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("first", "second", "out"), operation=None),
    features=None,
    rows=list(range(10)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2006)
    model = Sequential(
        [
            layers.Input((3,), name="activity"),
            layers.Dense(6, "elu", name="first"),
            layers.Dense(6, "elu", name="second"),
            layers.Dense(1, name="out"),
        ]
    )
    reference = normal(rng, 128, 3)
    model.compile(keras.optimizers.SGD(1e-12 if repaired else 0.5), "mse")
    model.fit(reference, 1e6 * reference[:, 0], epochs=1 if repaired else 12, batch_size=32, verbose=0, shuffle=False)
    return dict(model=model, rows=sampled(rng, reference, 10), reference=reference)
