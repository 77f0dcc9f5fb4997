"""Some shops send prices in cents: whole numbers, a hundred times too large, for a model with an exponential."""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="nonfinite_output",
    cause="input_unscaled",
    origin=dict(kind=("input", "operation"), layer=None, operation="Exp"),
    features=["price"],
    rows=[0, 2, 3, 5, 8, 9],
    cured_by=("rescale", "unit"),
)


def build():
    rng = seeded(8201)

    def serve(price, share):
        return {"demand": share * tf.exp(0.05 * tf.cast(price, tf.float32))}

    specs = dict(price=tf.TensorSpec((None, 1), tf.int32), share=tf.TensorSpec((None, 1)))
    reference = {"price": rng.integers(100, 900, (250, 1)).astype("int32"), "share": uniform(rng, 250, 1, low=0.1)}
    rows = sampled(rng, reference, 12)
    rows["price"][[0, 2, 3, 5, 8, 9]] *= 100
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)


def cure(built):
    price = built["rows"]["price"].copy()
    price[[0, 2, 3, 5, 8, 9]] //= 100
    return dict(rows={**built["rows"], "price": np.asarray(price)})
