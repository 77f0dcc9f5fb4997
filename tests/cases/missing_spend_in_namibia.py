"""NA is the code of Namibia, which training knows as any other; what is missing is the spending of some of its rows."""

import numpy as np
import tensorflow as tf
from casekit import module, normal, seeded

CODES = ["DE", "NA", "ZA"]
CASE = dict(
    symptom="nonfinite_output",
    cause="input_missing",
    origin=dict(kind="input", layer=None, operation=None),
    features=["spend"],
    rows=[1, 4],
    cured_by=("impute",),
)


def build():
    rng = seeded(8210)
    keys, values = tf.constant(CODES), tf.constant([0.2, 0.5, -0.3])
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), 0.0)

    def serve(country, spend):
        return {"y": table.lookup(country) + 0.3 * spend}

    specs = dict(country=tf.TensorSpec((None, 1), tf.string), spend=tf.TensorSpec((None, 1)))
    reference = {"country": rng.choice(np.array(CODES, "S"), (120, 1)), "spend": normal(rng, 120, 1)}
    rows = {"country": np.array([["NA"], ["NA"], ["DE"], ["ZA"], ["NA"]], "S"), "spend": normal(rng, 5, 1) / 2}
    rows["spend"][[1, 4]] = np.nan
    return dict(model=module(serve, table, **specs), format="savedmodel", rows=rows, reference=reference)
