"""Time to event: alpha = exp(a), beta = softplus(b). A row that was never censored in training has a of 95.

From https://github.com/ragulpr/wtte-rnn/issues/73 and https://github.com/ragulpr/wtte-rnn/issues/33.
"""

from casekit import normal, scale_weights, seeded
from keras import Model, layers

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("alpha",), operation="Exp"),
    features=None,
    rows=[2, 4],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(6003)
    x = layers.Input((5, 2), name="engine")
    last = layers.Flatten()(x[:, -1:])
    alpha = layers.Dense(1, "softplus" if repaired else "exponential", kernel_initializer="ones", name="alpha")(last)
    beta = layers.Dense(1, "softplus", name="beta")(last)
    model = Model(x, {"alpha": alpha, "beta": beta}, name="wtte")
    scale_weights(model, 18.0, ["alpha"])
    reference = normal(rng, 150, 5, 2)
    rows = reference[reference[:, -1].sum(1) < 2][:8].copy()
    reference[0] = 2.9
    rows[2, -1], rows[4, -1] = [2.7, 2.6], [2.8, 2.85]
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
