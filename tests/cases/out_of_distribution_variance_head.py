"""A far outlier makes the predicted log-variance huge, and exp of it overflows: a heteroscedastic regression.

From https://github.com/RasmussenLab/vamb/issues/12 and other encoders whose log-variance runs away.
"""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_out_of_distribution",
    origin=dict(kind="operation", layer=("exp", "spread"), operation="Exp"),
    features=["coverage"],
    rows=[0, 12],
    cured_by=("clip",),
)


def build():
    rng = seeded(1306)
    x = layers.Input((4,), name="contig")
    h = layers.Dense(4, "linear", kernel_initializer="identity", name="hidden")(x)
    mean = layers.Dense(1, name="mean")(ops.tanh(h))
    spread = ops.exp(layers.Dense(1, kernel_initializer="ones", name="log_variance")(h))
    reference = normal(rng, 240, 4)
    rows = sampled(rng, reference, 15)
    rows[0, 1], rows[12, 1] = 950.0, 1210.0
    return dict(
        model=Model(x, {"mean": mean, "spread": spread}, name="spread"),
        format="savedmodel",
        rows=rows,
        reference=reference,
        metadata={"features": ["length", "coverage", "gc", "depth"]},
    )
