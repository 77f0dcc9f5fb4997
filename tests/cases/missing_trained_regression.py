"""A small trained regression, saved as .h5; a sensor of one machine stops and its column is NaN from then on."""

import keras
import numpy as np
from casekit import normal, sampled, seeded
from keras import Sequential, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["vibration"],
    rows=list(range(20, 30)),
    cured_by=("impute",),
)


def build():
    rng = seeded(1024)
    model = Sequential(
        [layers.Input((3,), name="machine"), layers.Dense(6, "tanh", name="hidden"), layers.Dense(1, name="hours_left")]
    )
    reference = normal(rng, 256, 3)
    model.compile(keras.optimizers.Adam(0.02), "mse")
    model.fit(reference, reference @ np.array([1.0, -2.0, 0.5]), epochs=3, batch_size=64, verbose=0, shuffle=False)
    rows = sampled(rng, reference, 30)
    rows[20:, 1] = np.nan
    return dict(
        model=model, format="h5", rows=rows, reference=reference, metadata={"features": ["heat", "vibration", "load"]}
    )
