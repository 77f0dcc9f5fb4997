"""Populations of up to 90,000 are inside the reference; the cast of the input to float16 makes Inf of those above
65,504.
"""

from casekit import policy, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="precision_overflow",
    origin=None,
    features=None,
    rows=[2, 6],
    cured_by=("float32",),
)


def build(repaired=False):
    rng = seeded(7021)
    with policy("float32" if repaired else "mixed_float16"):
        x = layers.Input((2,), name="town")
        y = layers.Rescaling(1e-5, name="scale")(x)
        y = layers.Dense(4, name="hidden")(y)
        y = layers.Dense(1, dtype="float32", name="y")(layers.LayerNormalization(name="norm")(y))
    reference = uniform(rng, 200, 2, low=100, high=90000)
    rows = reference[reference.max(1) < 60000][:8].copy()
    rows[2, 0], rows[6, 1] = 82000, 71000
    return dict(model=Model(x, y, name="towns"), rows=rows, reference=reference)
