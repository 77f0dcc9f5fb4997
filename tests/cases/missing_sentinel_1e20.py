"""The file format's fill value 1e20 stands for "no data"; its square is Inf in float32."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    sentinel=1e20,
    origin=dict(kind="operation", layer=("square", "ocean"), operation=("Square", "Mul")),
    features=["salinity"],
    rows=[1, 2, 3],
    cured_by=("impute",),
)


def build():
    rng = seeded(1017)
    x = layers.Input((3,), name="cell")
    y = layers.Concatenate()([x, ops.square(x)])
    y = layers.Dense(5, "tanh", name="hidden")(y - ops.mean(y, axis=-1, keepdims=True))
    model = Model(x, layers.Dense(1, name="density")(y), name="ocean")
    reference = uniform(rng, 300, 3, low=5, high=38)
    rows = sampled(rng, reference, 16)
    rows[1:4, 2] = 1e20
    return dict(
        model=model,
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["temperature", "depth", "salinity"]},
    )
