"""log(sum(exp(x))) by hand over energies; TensorFlow's own reduce_logsumexp would have subtracted the maximum.

From https://github.com/tensorflow/tensorflow/issues/10142, whose thread compares both ways.
"""

import tensorflow as tf
from casekit import module, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="activation_overflow",
    origin=dict(kind="operation", layer=None, operation="Exp"),
    features=None,
    rows=[2, 5],
    cured_by=("stable_activation", "bound_exponent", "float64"),
)


def build(repaired=False):
    rng = seeded(2310)

    def serve(energies):
        if repaired:
            return {"free_energy": tf.reduce_logsumexp(energies, axis=1)}
        return {"free_energy": tf.math.log(tf.reduce_sum(tf.exp(energies), axis=1))}

    reference = uniform(rng, 220, 5, low=-40, high=70)
    rows = reference[:8].copy()
    reference[10, 0] = reference[11, 1] = reference[12, 2] = reference[13, 3] = reference[14, 4] = 130
    rows[2, 3], rows[5, 0] = 112, 97
    return dict(
        model=module(serve, energies=tf.TensorSpec((None, 5))), format="savedmodel", rows=rows, reference=reference
    )
