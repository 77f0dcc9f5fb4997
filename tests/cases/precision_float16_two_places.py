"""Energy and its square in mixed_float16: two layers overflow one behind the other, one in float32 is not enough."""

from casekit import policy, sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=list(range(6)),
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(9111)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((4,), name="level")
        loud = layers.Dense(5, kernel_initializer="ones", name="loud")(x)
        energy = layers.Multiply(name="energy")([loud, loud])
        power = layers.Multiply(name="power")([energy, energy])
        y = layers.Dense(1, dtype="float32", name="y")(ops.sqrt(ops.sqrt(ops.cast(power, "float32"))))
        model = Model(x, y, name="meter")
    reference = uniform(rng, 90, 4, low=100.0, high=200.0)
    return dict(model=model, rows=sampled(rng, reference, 6), reference=reference)
