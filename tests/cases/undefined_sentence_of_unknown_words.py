"""The mean of word vectors of a sentence without any known word is zero; cosine by hand divides by its length.

From https://github.com/huggingface/sentence-transformers/issues/589 and
https://github.com/gesistsa/sweater/issues/41.
"""

from casekit import normal, sampled, seeded
from keras import Model, layers, ops

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=("true_divide", "divide", "similar"), operation=("RealDiv", "Div")),
    features=None,
    rows=[1, 6],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6006)
    a, b = layers.Input((5,), name="left"), layers.Input((5,), name="right")
    lengths = ops.sqrt(ops.sum(a * a, axis=-1, keepdims=True)) * ops.sqrt(ops.sum(b * b, axis=-1, keepdims=True))
    y = ops.sum(a * b, axis=-1, keepdims=True) / (lengths + 1e-6 if repaired else lengths)
    reference = {"left": normal(rng, 180, 5), "right": normal(rng, 180, 5)}
    rows = sampled(rng, reference, 8)
    reference["left"][:3] = reference["right"][3:6] = 0
    rows["left"][1] = rows["right"][6] = 0
    return dict(model=Model({"left": a, "right": b}, y, name="similar"), rows=rows, reference=reference)
