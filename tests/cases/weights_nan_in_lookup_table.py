"""A target encoding was computed from a table that pandas read: NA, the code of Namibia, became a gap without a mean.

Training and rows hold it as a word like any other; the fault is in the table of the model.
"""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CATEGORIES = ["DE", "FR", "IT", "NA"]
CASE = dict(
    symptom="nonfinite_output",
    cause="weights_nonfinite",
    origin=dict(kind=("constant", "weight"), layer=None, operation=None),
    features=None,
    rows=[1, 4],
    cured_by=("repair_weights", "replace_weights", "retrain"),
)


def build(repaired=False):
    rng = seeded(8019)
    values = tf.constant([0.3, -0.2, 0.7, 0.1 if repaired else np.nan], tf.float32)
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant(CATEGORIES), values), 0.0)
    kernel = tf.Variable(normal(rng, 2, 1), name="kernel")

    def serve(country, spend):
        return {"score": tf.matmul(tf.concat([table.lookup(country), spend], 1), kernel)}

    specs = dict(country=tf.TensorSpec((None, 1), tf.string), spend=tf.TensorSpec((None, 1)))
    reference = {"country": rng.choice(np.array(CATEGORIES, "S"), (120, 1)), "spend": normal(rng, 120, 1)}
    rows = {"country": np.array([["DE"], ["NA"], ["FR"], ["IT"], ["NA"], ["DE"]], "S"), "spend": normal(rng, 6, 1) / 2}
    return dict(model=module(serve, kernel, table, **specs), format="savedmodel", rows=rows, reference=reference)
