"""Two inputs, a photo and a few numbers: only the photo arrives as 0..255."""

import numpy as np
from casekit import normal, sampled, seeded, uniform
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind="operation", layer=None, operation="Exp"),
    features=["photo"],
    rows=list(range(6)),
    cured_by=("rescale",),
)


def cure(built):
    return dict(rows={**built["rows"], "photo": built["rows"]["photo"] / 255})


def build():
    rng = seeded(7026)
    photo, facts = layers.Input((5, 5, 1), name="photo"), layers.Input((3,), name="facts")
    ink = layers.Dense(1, kernel_initializer="ones", name="ink")(layers.Flatten()(photo))
    y = ops.exp(ink) + layers.Dense(1, name="base")(facts)
    reference = {"photo": uniform(rng, 120, 5, 5, 1), "facts": normal(rng, 120, 3)}
    rows = sampled(rng, reference, 6)
    rows["photo"] = np.round(rows["photo"] * 255).astype("float32")
    return dict(model=Model({"photo": photo, "facts": facts}, y, name="listing"), rows=rows, reference=reference)
