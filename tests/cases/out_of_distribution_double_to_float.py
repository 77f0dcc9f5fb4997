"""A 64-bit counter as sent (1e300) does not fit the model's float32 input: Inf, though the client sent a finite
number.
"""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=None,
    features=["ticks"],
    rows=[1, 5],
    cured_by=("clip",),
)


def build():
    rng = seeded(1303)
    model = Sequential(
        [layers.Input((3,), name="clock"), layers.Dense(6, "gelu", name="hidden"), layers.Dense(1, name="skew")]
    )
    reference = normal(rng, 200, 3).astype("float64")
    rows = sampled(rng, reference, 9)
    rows[1, 2], rows[5, 2] = 1e300, 3e290
    return dict(model=model, rows=rows, reference=reference, metadata={"features": ["a", "b", "ticks"]})
