"""Attention weights as exp(score) / sum(exp(score)) with scores that are dot products of long vectors."""

from casekit import normal, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=("exp", "attention"), operation="Exp"),
    features=None,
    rows=[0, 2],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2307)
    x = layers.Input((4, 12), name="tokens")
    scores = ops.matmul(x, ops.transpose(x, (0, 2, 1))) * 2.0
    if repaired:
        scores = scores - ops.max(scores, axis=-1, keepdims=True)
    e = ops.exp(scores)
    y = ops.matmul(e / ops.sum(e, axis=-1, keepdims=True), x)
    y = layers.Dense(1, name="y")(layers.GlobalAveragePooling1D(name="mean")(y))
    reference = normal(rng, 120, 4, 12)
    longest = (reference**2).sum(-1).max(1)
    rows = reference[longest < 30][:6].copy()
    reference[0] = 2.7
    rows[0, 1], rows[2, 3] = 2.5, -2.6
    reference[1] = -2.7
    return dict(model=Model(x, y, name="attention"), rows=rows, reference=reference)
