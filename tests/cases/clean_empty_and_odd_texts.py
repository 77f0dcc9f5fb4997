"""Empty strings, emoji, one very long word and "nan" as an ordinary word of an ordinary text go through TextVect.

Ization, a masked embedding and an LSTM.
"""

import numpy as np
from casekit import seeded
from keras import Sequential, layers

WORDS = ["good", "bad", "film", "the", "a", "was", "grandma", "nan", "bread"]
CASE = dict(clean=True)


def build():
    rng = seeded(536)
    model = Sequential(
        [
            layers.Input((1,), dtype="string", name="review"),
            layers.TextVectorization(output_mode="int", vocabulary=WORDS, output_sequence_length=8, name="words"),
            layers.Embedding(11, 5, mask_zero=True),
            layers.LSTM(6),
            layers.Dense(1, "sigmoid"),
        ]
    )
    reference = np.array([[" ".join(rng.choice(WORDS, rng.integers(0, 9)))] for _ in range(150)])
    rows = np.array(
        [["the film was good"], [""], ["\U0001f600 \U0001f600"], ["x" * 300], ["nan bread was good"], ["   "]]
    )
    return dict(model=model, rows=rows, reference=reference)
