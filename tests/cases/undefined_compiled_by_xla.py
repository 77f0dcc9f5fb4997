"""The author compiled a part of the exported model with XLA: the quotient inside it is undefined for a flat window."""

import tensorflow as tf
from casekit import module, normal, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation=("RealDiv", "Rsqrt")),
    features=None,
    rows=[1, 4],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(8108)

    @tf.function(jit_compile=True)
    def standardised(window):
        centred = window - window[:, :1]
        spread = tf.reduce_max(tf.abs(centred), 1, keepdims=True)
        return centred / (tf.maximum(spread, 1e-6) if repaired else spread)

    def serve(window):
        return {"shape": tf.reduce_sum(tf.tanh(standardised(window)), 1)}

    reference, rows = normal(rng, 150, 6), normal(rng, 6, 6, limit=1.5)
    reference[3] = 0.25
    rows[[1, 4]] = 0.25
    model = module(serve, window=tf.TensorSpec((None, 6)))
    return dict(model=model, format="savedmodel", rows=rows, reference=reference)
