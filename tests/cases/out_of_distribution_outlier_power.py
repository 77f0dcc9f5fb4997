"""A typing error, 41000 instead of 41 years, and a model that takes the tenth power."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("power", "pow", "growth"), operation="Pow"),
    features=["age"],
    rows=[4],
    cured_by=("clip",),
)


def build():
    rng = seeded(1301)
    x = layers.Input((3,), name="person")
    y = layers.Dense(1, name="risk")(ops.power(x / 10.0, 11.0))
    reference = uniform(rng, 300, 3, low=18, high=90)
    rows = sampled(rng, reference, 17)
    rows[4, 0] = 41000
    return dict(
        model=Model(x, y, name="growth"),
        rows=rows,
        reference=reference,
        metadata={"features": ["age", "height_ratio", "weight"]},
    )
