"""Shares come as percent, training had 0 to 1: acos(share) leaves its domain."""

from casekit import sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("arccos", "angle"), operation="Acos"),
    features=["cloud_cover", "humidity"],
    rows=list(range(15)),
    cured_by=("rescale", "unit"),
)


def cure(built):
    return dict(rows=built["rows"] / 100)


def build():
    rng = seeded(1210)
    x = layers.Input((2,), name="sky")
    y = layers.Dense(3, "tanh", name="hidden")(ops.arccos(x))
    reference = uniform(rng, 300, 2, low=0.05, high=0.98)
    rows = sampled(rng, reference, 15) * 100
    return dict(
        model=Model(x, layers.Dense(1, name="radiation")(y), name="angle"),
        rows=rows,
        reference=reference,
        metadata={"features": ["cloud_cover", "humidity"]},
    )
