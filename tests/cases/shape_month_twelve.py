"""Months run from 1 to 12 in production and from 0 to 11 in training: the table of months has no row 12.

From https://github.com/LongxingTan/Data-competitions/issues/4.
"""

from casekit import sampled, seeded, uniform
from keras import Model, layers

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=["month"], rows=[3], cured_by=None)


def cure(built):
    return dict(rows={**built["rows"], "month": built["rows"]["month"] % 12})


def build():
    rng = seeded(6020)
    field, month = layers.Input((4, 4, 1), name="field"), layers.Input((1,), dtype="int32", name="month")
    season = layers.Flatten()(layers.Embedding(12, 3, name="months")(month))
    y = layers.Concatenate()([layers.Flatten()(layers.Conv2D(2, 3, name="ocean")(field)), season])
    reference = {"field": uniform(rng, 90, 4, 4, 1), "month": rng.integers(0, 12, (90, 1)).astype("int32")}
    rows = sampled(rng, reference, 5)
    rows["month"][3] = 12
    return dict(
        model=Model({"field": field, "month": month}, layers.Dense(1, name="nino")(y), name="enso"),
        rows=rows,
        reference=reference,
    )
