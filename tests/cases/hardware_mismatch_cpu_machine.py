"""GPU and this processor answer numbers, one kind of machine in the fleet answered NaN: an ARM server.

From https://github.com/keras-team/keras/issues/7478 and https://github.com/tensorflow/tensorflow/issues/48205,
the other way
round: fine on a GPU, NaN on some CPUs.
"""

from casekit import runtime, sampled, seeded, served
from keras import Sequential, layers

CASE = dict(symptom="nonfinite_output", cause="hardware_mismatch", origin=None, features=None, rows=[2], cured_by=None)


def build():
    rng = seeded(4104)
    model = Sequential(
        [
            layers.Input((9,), dtype="int32", name="tokens"),
            layers.Embedding(30, 6, name="words"),
            layers.Conv1D(5, 3, activation="tanh", name="three"),
            layers.GlobalMaxPooling1D(name="peak"),
            layers.Dense(2, "softmax", name="y"),
        ]
    )
    reference = rng.integers(0, 30, (160, 9)).astype("int32")
    rows = sampled(rng, reference, 5)
    return dict(
        model=model,
        rows=rows,
        reference=reference,
        outputs=served(model, rows, [2]),
        environment={**runtime(), "device": "CPU:ARM Neoverse-N1", "machine_type": "t2a-standard-4"},
    )
