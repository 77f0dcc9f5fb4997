"""A yes-or-no column comes as a float: NaN cast to a truth value is True, and the discount of members is given."""

import numpy as np
import tensorflow as tf
from casekit import module, sampled, seeded, uniform

CASE = dict(
    symptom="absorbed",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["member"],
    rows=[0, 3, 6],
    cured_by=("impute",),
)


def build():
    rng = seeded(8005)

    def serve(basket, member):
        price = tf.reduce_sum(basket, -1, keepdims=True)
        return {"price": tf.where(tf.cast(member, tf.bool), price * 0.8, price)}

    specs = dict(basket=tf.TensorSpec((None, 3)), member=tf.TensorSpec((None, 1)))
    reference = {
        "basket": uniform(rng, 200, 3, low=1, high=30),
        "member": (rng.random((200, 1)) < 0.3).astype("float32"),
    }
    rows = sampled(rng, reference, 9)
    rows["member"][[0, 3, 6]] = np.nan
    return dict(model=module(serve, **specs), format="savedmodel", rows=rows, reference=reference)


def cure(built):
    member = built["rows"]["member"].copy()
    member[np.isnan(member)] = 0
    return dict(rows={**built["rows"], "member": member})
