"""Served on a GPU with older software, finite there and here: a difference in versions alone is no fault."""

from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5042)
    model = Sequential(
        [
            layers.Input((8, 2), name="x"),
            layers.Conv1D(4, 3, activation="relu", name="conv"),
            layers.GlobalMaxPooling1D(name="peak"),
            layers.Dense(1, name="y"),
        ]
    )
    reference = normal(rng, 110, 8, 2)
    rows = sampled(rng, reference, 9)
    return dict(
        model=model,
        rows=rows,
        reference=reference,
        outputs=model.predict(rows, verbose=0),
        environment={"tensorflow": "2.11.0", "device": "GPU:NVIDIA T4"},
    )
