"""A GRU with linear activation whose state grows by 1e9 a step: after five steps it is Inf."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_extreme",
    origin=dict(
        kind="operation",
        layer=("drift", "gru_cell", "simple_rnn_cell"),
        operation=("MatMul", "Add", "AddV2", "BiasAdd", "Mul"),
    ),
    features=None,
    rows=list(range(5)),
    cured_by=("float64", "rescale_weights"),
)


def build(repaired=False):
    rng = seeded(2205)
    model = Sequential(
        [
            layers.Input((6, 2), name="steps"),
            layers.SimpleRNN(3, activation="linear", name="drift"),
            layers.Dense(1, name="y"),
        ]
    )
    kernel, recurrent, bias = model.get_layer("drift").get_weights()
    model.get_layer("drift").set_weights([kernel, recurrent * (1.0 if repaired else 1e9), bias])
    reference = normal(rng, 140, 6, 2)
    return dict(model=model, rows=sampled(rng, reference, 5), reference=reference)
