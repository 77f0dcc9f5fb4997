"""A SimpleRNN with an exponential activation: its state overflows some steps into the window."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("grow", "simple_rnn_cell"), operation="Exp"),
    features=None,
    rows=[1, 4],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(7019)
    model = Sequential(
        [
            layers.Input((4, 1), name="steps"),
            layers.SimpleRNN(1, activation="softplus" if repaired else "exponential", name="grow"),
            layers.Dense(1, name="y"),
        ]
    )
    model.get_layer("grow").set_weights([np.ones((1, 1)), np.full((1, 1), 0.01), np.zeros(1)])
    reference = uniform(rng, 160, 4, 1, low=-2, high=2)
    rows = sampled(rng, reference, 6)
    reference[:2] = 95
    rows[1, 3], rows[4, 2:] = 92, 94
    return dict(model=model, rows=rows, reference=reference)
