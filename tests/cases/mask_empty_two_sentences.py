"""Question and answer: the answer is empty. Two encoders, and only the second divides by its length of 0."""

import numpy as np
from casekit import seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="mask_empty",
    origin=dict(kind="operation", layer="answer_mean", operation=("RealDiv", "Div")),
    features=None,
    rows=[4],
    cured_by=("valid_position",),
)


def cure(built):
    answer = built["rows"]["answer"].copy()
    answer[4, 0] = 9
    return dict(rows={**built["rows"], "answer": answer})


def tokens(rng, count):
    drawn = rng.integers(1, 25, (count, 6))
    drawn[np.arange(6)[None] >= rng.integers(1, 7, count)[:, None]] = 0
    return drawn.astype("int32")


def build():
    rng = seeded(4005)
    question = layers.Input((6,), dtype="int32", name="question")
    answer = layers.Input((6,), dtype="int32", name="answer")
    words = layers.Embedding(25, 4, mask_zero=True, name="words")
    q = layers.GlobalAveragePooling1D(name="question_mean")(words(question))
    a = layers.GlobalAveragePooling1D(name="answer_mean")(words(answer))
    y = layers.Dense(1, "sigmoid", name="fits")(layers.Concatenate()([q, a]))
    reference = {"question": tokens(rng, 220), "answer": tokens(rng, 220)}
    rows = {"question": tokens(rng, 8), "answer": tokens(rng, 8)}
    rows["answer"][4] = 0
    return dict(model=Model({"question": question, "answer": answer}, y, name="pair"), rows=rows, reference=reference)
