"""A model divides by (limit - load); a load exactly at the limit never was in training."""

from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("true_divide", "divide", "queue"), operation=("RealDiv", "Div")),
    features=["load"],
    rows=[1, 4],
    cured_by=("clip",),
)


def build():
    rng = seeded(1307)
    x = layers.Input((2,), name="server")
    wait = x[:, :1] / (128.0 - x[:, :1])
    y = layers.Dense(1, name="latency")(layers.Concatenate()([wait, x[:, 1:]]))
    reference = uniform(rng, 300, 2, low=0, high=90)
    rows = sampled(rng, reference, 10)
    rows[[1, 4], 0] = 128.0
    return dict(
        model=Model(x, y, name="queue"), rows=rows, reference=reference, metadata={"features": ["load", "threads"]}
    )
