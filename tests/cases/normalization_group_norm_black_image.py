"""GroupNormalization with epsilon 0 on a black image: no contrast at all, 0 / 0."""

from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="normalization_state",
    origin=dict(kind="operation", layer="contrast", operation=("Rsqrt", "Mul", "RealDiv")),
    features=None,
    rows=[3],
    cured_by=("repair_statistics", "guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(2105)
    model = Sequential(
        [
            layers.Input((6, 6, 4), name="scan"),
            layers.GroupNormalization(2, epsilon=1e-3 if repaired else 0.0, name="contrast"),
            layers.Conv2D(3, 3, activation="elu", name="edges"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, name="dose"),
        ]
    )
    reference = uniform(rng, 80, 6, 6, 4)
    rows = sampled(rng, reference, 5)
    reference[:3] = 0
    rows[3] = 0
    return dict(model=model, rows=rows, reference=reference)
