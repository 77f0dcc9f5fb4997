"""The feature store writes -1 where there is no value, the model takes a square root of it."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    sentinel=-1,
    origin=dict(kind="operation", layer=("sqrt", "distance"), operation="Sqrt"),
    features=["metres"],
    rows=[2, 5, 6, 17],
    cured_by=("impute",),
)


def build():
    rng = seeded(1016)
    x = layers.Input((3,), name="trip")
    y = layers.Dense(6, "tanh", name="hidden")(ops.sqrt(x))
    model = Model(x, layers.Dense(1, name="minutes")(y), name="distance")
    reference = uniform(rng, 400, 3, low=50, high=900)
    rows = sampled(rng, reference, 20)
    rows[[2, 5, 6, 17], 1] = -1
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["turns", "metres", "stops"]})
