"""A mixture density network: sigmas = exp(z), and the answer is divided by them after being squared.

From https://github.com/keras-team/keras/issues/1061 and https://github.com/blei-lab/edward/issues/458.
"""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("sigmas",), operation=("Exp", "Square", "Mul")),
    features=None,
    rows=[1],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(6004)
    x = layers.Input((3,), name="x")
    z = layers.Dense(2, kernel_initializer="ones", name="log_sigmas")(x) * 13.0
    if repaired:
        z = ops.minimum(z, 30.0)
    sigmas = layers.Activation("exponential", name="sigmas")(z)
    weights = layers.Dense(2, "softmax", name="weights")(x)
    y = layers.Concatenate(name="mixture")([sigmas, weights])
    reference = normal(rng, 240, 3)
    rows = reference[reference.sum(1) < 4][:9].copy()
    reference[0] = 2.7
    rows[1] = 2.6
    return dict(model=Model(x, y, name="mixture_density"), rows=rows, reference=reference)
