"""A constant of 1e6 in the graph is Inf in float16: x * 1e6 / 1e6 is NaN, an identity in float32."""

from casekit import normal, policy, sampled, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(5)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(3108)
    with policy("float32" if repaired else "float16"):
        x = layers.Input((3,), name="x")
        y = layers.Dense(2, name="hidden")(x)
        y = layers.Rescaling(1e6, name="to_micro")(y)
        y = layers.Rescaling(1e-6, name="from_micro")(y)
    reference = normal(rng, 140, 3)
    return dict(model=Model(x, y, name="micro"), rows=sampled(rng, reference, 5), reference=reference)
