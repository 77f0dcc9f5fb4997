"""+Inf as sent into tanh: 1, an ordinary activation, and an ordinary, wrong answer."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(
    symptom="absorbed",
    cause="input_infinite",
    origin=dict(kind="input", layer=None, operation=None),
    features=["ratio"],
    rows=[2, 8],
    cured_by=("replace_infinite", "impute", "clip"),
)


def build():
    rng = seeded(1104)
    x = layers.Input((3,), name="loan")
    y = layers.Dense(4, name="hidden")(layers.Activation("tanh", name="squash")(x))
    reference = uniform(rng, 220, 3, low=-1, high=1)
    rows = sampled(rng, reference, 10)
    rows[[2, 8], 2] = np.inf
    return dict(
        model=Model(x, layers.Dense(1, name="risk")(y), name="squashed"),
        rows=rows,
        reference=reference,
        metadata={"features": ["term", "age", "ratio"]},
    )
