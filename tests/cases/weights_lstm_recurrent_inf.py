"""The recurrent kernel of an LSTM holds an infinity after a training without clipping."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind="weight", layer=("memory", "lstm_cell"), operation=None),
    features=None,
    rows=list(range(7)),
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(2003)
    model = Sequential(
        [layers.Input((5, 2), name="series"), layers.LSTM(4, name="memory"), layers.Dense(1, name="next")]
    )
    kernel, recurrent, bias = model.get_layer("memory").get_weights()
    if not repaired:
        recurrent[:, 9] = np.inf
        recurrent[0, 9] = -np.inf
    model.get_layer("memory").set_weights([kernel, recurrent, bias])
    reference = normal(rng, 150, 5, 2)
    return dict(model=model, format="h5", rows=sampled(rng, reference, 7), reference=reference)
