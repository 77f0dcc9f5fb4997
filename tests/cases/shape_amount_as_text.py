"""A SavedModel parses amounts itself; one row holds "n/a", on which the parser raises."""

import numpy as np
import tensorflow as tf
from casekit import module, seeded

CASE = dict(
    symptom="replay_failed",
    cause="shape_or_type",
    origin=None,
    features=["amount"],
    rows=[2],
    cured_by=("replace_cells",),
)


def cure(built):
    rows = built["rows"].copy()
    rows[2] = "4.5"
    return dict(rows=rows)


def build(repaired=False):
    rng = seeded(9105)
    model = module(
        lambda amount: {"risk": tf.sigmoid(tf.strings.to_number(amount) / 100.0)},
        amount=tf.TensorSpec([None, 1], tf.string),
    )
    rows = np.array([[f"{value:.2f}"] for value in rng.uniform(1, 90, 7)])
    rows[2] = "n/a"
    return dict(model=model, format="savedmodel", rows=rows)
