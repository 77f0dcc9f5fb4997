"""The model parses amounts itself: the text "inf" of a spreadsheet is a number to the parser."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="input_infinite",
    origin=None,
    features=["amount"],
    rows=[1],
    cured_by=("replace_infinite",),
)


def build():
    rng = seeded(8206)

    def serve(amount, rate):
        return {"interest": tf.strings.to_number(amount) * rate}

    specs = dict(amount=tf.TensorSpec((None,), tf.string), rate=tf.TensorSpec((None,)))
    texts = np.array([f"{value:.2f}" for value in rng.uniform(1, 90, 100)], "S")
    reference = {"amount": texts, "rate": uniform(rng, 100, low=0.1)}
    rows = {name: values[:6].copy() for name, values in reference.items()}
    rows["amount"][1] = b"inf"
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)


def cure(built):
    return dict(rows={**built["rows"], "amount": np.full(6, b"1.5")})
