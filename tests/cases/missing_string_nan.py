"""A text category arrives as the string "nan": pandas wrote it for an empty cell, and the look-up has no such word.

From https://github.com/GoogleCloudPlatform/ml-on-gcp/issues/52: null country and browser at prediction time.
"""

import numpy as np
import tensorflow as tf
from casekit import module, normal, sampled, seeded

COUNTRIES = ["ch", "de", "fr", "it"]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["country"],
    rows=[2, 6],
    cured_by=("impute",),
)


def build():
    rng = seeded(1018)
    keys, values = tf.constant(COUNTRIES), tf.constant([0.3, -0.2, 0.7, 0.1])
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), float("nan"))
    kernel = tf.Variable(rng.normal(size=(2, 1)).astype("float32"))

    def serve(country, spend):
        level = table.lookup(country)
        return {"downloads": tf.matmul(tf.concat([level, spend], axis=1), kernel)}

    specs = dict(country=tf.TensorSpec((None, 1), tf.string), spend=tf.TensorSpec((None, 1)))
    reference = {"country": rng.choice(np.array(COUNTRIES, "S"), (200, 1)), "spend": normal(rng, 200, 1)}
    rows = sampled(rng, reference, 9)
    rows["country"] = rows["country"].astype("S3")
    rows["country"][[2, 6]] = b"nan"
    return dict(model=module(serve, kernel, table, **specs), format="savedmodel", rows=rows, reference=reference)


def cure(built):
    country = built["rows"]["country"].copy()
    country[[2, 6]] = b"fr"
    return dict(rows={**built["rows"], "country": country})
