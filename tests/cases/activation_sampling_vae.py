"""A variational encoder returns exp(log_variance / 2) as spread; a confident in-range row has a log-variance of 190.

From https://github.com/keras-team/tf-keras/issues/179 and other variational encoders for series.
"""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("exp", "encoder"), operation="Exp"),
    features=None,
    rows=[1],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2306)
    x = layers.Input((6, 2), name="series")
    h = layers.Flatten()(x)
    log_variance = layers.Dense(1, kernel_initializer="ones", name="log_variance")(h) * 8.0
    if repaired:
        log_variance = ops.minimum(log_variance, 40.0)
    spread = ops.exp(0.5 * log_variance)
    reference = normal(rng, 160, 6, 2)
    total = reference.reshape(160, -1).sum(1)
    rows = reference[total < 15][:7].copy()
    reference[0] = 2.6
    rows[1] = 2.3
    return dict(model=Model(x, spread, name="encoder"), rows=rows, reference=reference)
