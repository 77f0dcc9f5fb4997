"""A subclassed model, exported: Pearson's correlation of two sensors over a window.

A sensor that stands still has no deviation: 0 / 0. Training has flat windows as well.
"""

import keras
import numpy as np
from casekit import seeded, uniform
from keras import layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Div", "Rsqrt", "Mul")),
    features=None,
    rows=[0, 7],
    cured_by=("guard_operation", "epsilon"),
)


class Correlation(layers.Layer):
    def __init__(self, least=0.0, **kwargs):
        super().__init__(**kwargs)
        self.least = least

    def call(self, x):
        c = x - ops.mean(x, axis=1, keepdims=True)
        deviation = ops.sqrt(ops.mean(c * c, axis=1))
        return ops.mean(c[..., 0] * c[..., 1], axis=1, keepdims=True) / (
            deviation[:, :1] * deviation[:, 1:] + self.least
        )


class Monitor(keras.Model):
    def __init__(self, least):
        super().__init__(name="monitor")
        self.correlation, self.hidden, self.alarm = (
            Correlation(least, name="correlation"),
            layers.Dense(4, "tanh", name="hidden"),
            layers.Dense(1, "sigmoid", name="alarm"),
        )

    def call(self, x):
        return self.alarm(self.hidden(self.correlation(x)))


def build(repaired=False):
    rng = seeded(513)
    model = Monitor(1e-6 if repaired else 0.0)
    model(np.zeros((1, 24, 2), "float32"))
    reference, rows = uniform(rng, 100, 24, 2, low=0, high=40), uniform(rng, 9, 24, 2, low=1, high=39)
    reference[:4, :, 1] = 20
    rows[0, :, 1] = 20
    rows[7, :, 0] = 16
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
