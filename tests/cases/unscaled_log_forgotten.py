"""Training took log1p of amounts, serving does not: amounts in the ten thousands into sinh."""

import numpy as np
from casekit import sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=("sinh", "basket"), operation="Sinh"),
    features=["amount", "shipping"],
    rows=list(range(18)),
    cured_by=("rescale",),
)


def cure(built):
    return dict(rows=np.log1p(built["rows"]))


def build():
    rng = seeded(1211)
    x = layers.Input((2,), name="order")
    y = layers.Dense(1, name="margin")(ops.sinh(x))
    reference = np.log1p(rng.lognormal(8, 1, (320, 2)).clip(200, 60000)).astype("float32")
    rows = np.expm1(sampled(rng, reference, 18)).astype("float32")
    return dict(
        model=Model(x, y, name="basket"), rows=rows, reference=reference, metadata={"features": ["amount", "shipping"]}
    )
