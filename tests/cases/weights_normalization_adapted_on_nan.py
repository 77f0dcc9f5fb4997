"""The Normalization layer was adapted on a table with gaps: mean and variance of one column are NaN."""

import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind=("weight", "constant"), layer="scaler", operation=None),
    features=None,
    rows=list(range(12)),
    cured_by=None,
)


def build(repaired=False):
    rng = seeded(2004)
    reference = normal(rng, 250, 4) * 3 + 7
    table = reference.copy()
    if not repaired:
        table[::9, 2] = np.nan
    scaler = layers.Normalization(name="scaler")
    scaler.adapt(table)
    model = Sequential(
        [layers.Input((4,), name="well"), scaler, layers.Dense(5, "tanh", name="hidden"), layers.Dense(1, name="flow")]
    )
    return dict(model=model, rows=sampled(rng, reference, 12), reference=reference)
