"""A NaN in a spectrogram column disappears in a global maximum: finite answers from what is left."""

import numpy as np
from casekit import sampled, seeded, uniform
from keras import Sequential, layers

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["band_2"],
    rows=[1, 4],
    cured_by=("impute",),
)


def build():
    rng = seeded(1012)
    model = Sequential(
        [
            layers.Input((16, 4), name="spectrum"),
            layers.MaxPooling1D(4, name="peaks"),
            layers.Dense(8, "tanh", name="hidden"),
            layers.GlobalAveragePooling1D(name="mean"),
            layers.Dense(1, name="loudness"),
        ]
    )
    reference = uniform(rng, 120, 16, 4)
    rows = sampled(rng, reference, 6)
    rows[[1, 4], :, 2] = np.nan
    return dict(model=model, rows=rows, reference=reference, metadata={"features": [f"band_{i}" for i in range(4)]})
