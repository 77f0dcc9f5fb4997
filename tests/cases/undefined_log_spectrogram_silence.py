"""A log-spectrogram inside the model: silence has energy 0, its logarithm is -Inf and the mean removal makes NaN of
it.

From https://github.com/Kyubyong/tacotron/pull/36, on what silence is on a logarithmic scale.
"""

import tensorflow as tf
from casekit import module, normal, sampled, seeded

CASE = dict(
    symptom="nonfinite_output",
    cause="undefined_operation",
    origin=dict(kind="operation", layer=None, operation="Log"),
    features=None,
    rows=[1, 2],
    cured_by=("guard_operation", "epsilon"),
)


def build(repaired=False):
    rng = seeded(6010)
    kernel = tf.Variable(rng.normal(size=(5, 2)).astype("float32"))

    def serve(audio):
        energy = tf.abs(tf.signal.rfft(audio))
        logs = tf.math.log(energy + 1e-6 if repaired else energy)
        logs -= tf.reduce_mean(logs, axis=1, keepdims=True)
        return {"speaker": tf.matmul(logs, kernel)}

    reference = normal(rng, 160, 8)
    rows = sampled(rng, reference, 6)
    reference[:4] = 0
    rows[1:3] = 0
    return dict(
        model=module(serve, kernel, audio=tf.TensorSpec((None, 8))), format="savedmodel", rows=rows, reference=reference
    )
