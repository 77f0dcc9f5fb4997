"""Standard deviation over the time axis by hand: a sensor that stands still has 0, and its rows are divided by it."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "zscore"), operation=("RealDiv", "Div")),
    features=None,
    rows=[0, 5],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(3021)
    x = layers.Input((8, 2), name="window")
    mean, deviation = ops.mean(x, axis=1, keepdims=True), ops.std(x, axis=1, keepdims=True)
    z = (x - mean) / (deviation + 1e-3 if repaired else deviation)
    y = layers.Dense(1, name="alarm")(layers.Flatten()(layers.Conv1D(2, 3, activation="tanh", name="shape")(z)))
    reference = uniform(rng, 140, 8, 2)
    rows = sampled(rng, reference, 7)
    reference[:4, :, 1] = 0.5
    rows[0, :, 1] = rows[5, :, 1] = 0.5
    return dict(model=Model(x, y, name="zscore"), rows=rows, reference=reference)
