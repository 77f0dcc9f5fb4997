"""RMSNormalization with epsilon 0 over a row of zeroes (an empty basket): 0 / 0."""

from casekit import seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="rms", operation=("Rsqrt", "Mul", "RealDiv")),
    features=None,
    rows=[1, 5],
    cured_by=("repair_statistics", "guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(7010)
    model = Sequential(
        [
            layers.Input((5,), name="basket"),
            layers.RMSNormalization(epsilon=1e-6 if repaired else 0.0, name="rms"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = rng.poisson(1.5, (220, 5)).astype("float32")
    rows = reference[reference.sum(1) > 0][:8].copy()
    reference[:4] = 0
    rows[[1, 5]] = 0
    return dict(model=model, rows=rows, reference=reference)
