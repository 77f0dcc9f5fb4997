"""Serving recorded its NaN answers as well; the rows that it answered NaN are those with a gap."""

import numpy as np
from casekit import normal, runtime, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["ph"],
    rows=[4, 5],
    cured_by=("impute",),
)


def build():
    rng = seeded(7027)
    model = Sequential(
        [layers.Input((4,), name="sample"), layers.Dense(5, "tanh", name="hidden"), layers.Dense(1, name="y")]
    )
    reference = normal(rng, 160, 4)
    rows = sampled(rng, reference, 9)
    rows[4:6, 1] = np.nan
    return dict(
        model=model,
        rows=rows,
        reference=reference,
        outputs=model.predict(rows, verbose=0),
        environment=runtime(),
        metadata={"features": ["salt", "ph", "heat", "flow"]},
    )
