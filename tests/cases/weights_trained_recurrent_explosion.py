"""A recurrent network really trained without clipping on targets of 1e8: the last weights that were saved are NaN.

From https://github.com/keras-team/keras/issues/8332, which asks for a way out when the loss turns to NaN.
"""

import keras
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("memory", "simple_rnn_cell", "out"), operation=None),
    features=None,
    rows=list(range(6)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(7008)
    model = Sequential(
        [
            layers.Input((6, 1), name="series"),
            layers.SimpleRNN(4, activation="linear", name="memory"),
            layers.Dense(1, name="out"),
        ]
    )
    reference = normal(rng, 96, 6, 1)
    model.compile(keras.optimizers.SGD(1e-14 if repaired else 1.0), "mse")
    model.fit(reference, 1e8 * reference[:, 0], epochs=1 if repaired else 8, batch_size=32, verbose=0, shuffle=False)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
