"""One customer with a turnover a thousand times the largest of training overflows a float16 layer. The input comes
first:
in range the half precision is enough.
"""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=None,
    features=["turnover"],
    rows=[3],
    cured_by=("clip",),
)


def build():
    rng = seeded(7023)
    with policy("mixed_float16"):
        x = layers.Input((3,), name="client")
        y = layers.Dense(6, kernel_initializer="ones", name="mix")(x)
        y = layers.Dense(1, dtype="float32", name="y")(layers.LayerNormalization(name="norm")(y))
    reference = uniform(rng, 220, 3, high=40)
    rows = sampled(rng, reference, 12)
    rows[3, 1] = 66200.0
    return dict(
        model=Model(x, y, name="half"),
        rows=rows,
        reference=reference,
        metadata={"features": ["age", "turnover", "orders"]},
    )
