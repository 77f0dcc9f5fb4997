"""A feature store keeps float16: an income of 70,000 becomes Inf there and is sent so."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["income"],
    rows=[0, 10],
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(8008)
    model = Sequential(
        [layers.Input((2,), name="store"), layers.Dense(4, "leaky_relu"), layers.LayerNormalization(), layers.Dense(1)]
    )
    reference = uniform(rng, 220, 2, low=900, high=60000).astype("float16")
    rows = sampled(rng, reference, 11)
    rows[[0, 10], 0] = np.float16(np.inf)
    return dict(model=model, format="h5", rows=rows, reference=reference, metadata={"features": ["income", "spending"]})
