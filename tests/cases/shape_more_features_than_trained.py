"""Thirty-one engineered features at prediction time, twenty-four in training: new features were added to the script.

From https://github.com/aerdem4/kaggle-quora-dup/issues/2.
"""

from casekit import normal, seeded
from keras import Model, layers

CASE = dict(
    symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=list(range(6)), cured_by=None
)


def cure(built):
    return dict(rows={**built["rows"], "features": built["rows"]["features"][:, :24]})


def build():
    rng = seeded(6022)
    words, features = layers.Input((5,), dtype="int32", name="words"), layers.Input((24,), name="features")
    y = layers.GlobalAveragePooling1D(name="mean")(layers.Embedding(20, 4, name="vectors")(words))
    y = layers.Dense(1, "sigmoid", name="same")(layers.Concatenate()([y, features]))
    reference = {"words": rng.integers(0, 20, (120, 5)).astype("int32"), "features": normal(rng, 120, 24)}
    rows = {"words": rng.integers(0, 20, (6, 5)).astype("int32"), "features": normal(rng, 6, 31)}
    return dict(
        model=Model({"words": words, "features": features}, y, name="quora"),
        format="h5",
        rows=rows,
        reference=reference,
    )
