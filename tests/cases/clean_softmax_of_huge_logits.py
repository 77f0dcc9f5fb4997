"""Logits of 8,000 into the library's softmax, which subtracts the maximum: finite and right.

From https://github.com/tensorflow/tensorflow/issues/10142 and https://github.com/uTensor/uTensor/pull/176.
"""

from casekit import normal, sampled, scale_weights, seeded
from keras import Sequential, layers

CASE = dict(clean=True)


def build():
    rng = seeded(5017)
    model = Sequential([layers.Input((4,), name="x"), layers.Dense(4, name="logits"), layers.Softmax(name="share")])
    scale_weights(model, 4000.0, ["logits"])
    reference = normal(rng, 200, 4)
    return dict(model=model, rows=sampled(rng, reference, 15), reference=reference)
