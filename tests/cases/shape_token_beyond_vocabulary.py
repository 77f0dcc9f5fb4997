"""The tokenizer was retrained and knows more words than the embedding has rows.

From https://github.com/NLP-kr/tensorflow-ml-nlp/issues/20 and
https://github.com/tensorflow/tensorflow/issues/59709.
"""

import numpy as np
from casekit import sampled, seeded
from keras import Sequential, layers

CASE = dict(symptom="replay_failed", cause="shape_or_type", origin=None, features=None, rows=[3, 6], cured_by=None)


def cure(built):
    return dict(rows=np.minimum(built["rows"], 59))


def build():
    rng = seeded(4202)
    model = Sequential(
        [
            layers.Input((5,), dtype="int32", name="tokens"),
            layers.Embedding(60, 4, name="words"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(1, "sigmoid", name="y"),
        ]
    )
    reference = rng.integers(0, 60, (200, 5)).astype("int32")
    rows = sampled(rng, reference, 8)
    rows[3, 2], rows[6, 0] = 74, 66
    return dict(model=model, rows=rows, reference=reference)
