"""A SavedModel of several signatures, as code of its own exports it: numbers, pairs with a truth value, and texts."""

from pathlib import Path
from typing import Any

import tensorflow as tf


def write_signatures(folder: Path) -> None:
    """`serving_default`, `compare`, `parse` and `decode`: each answers something that a test can compute by hand."""
    model: Any = tf.Module()
    model.weight = tf.Variable([[2.0], [3.0]])

    def weighted(x: Any) -> dict[str, Any]:
        return {"y": x @ model.weight}

    def compared(query: Any, negated: Any) -> dict[str, Any]:
        total = tf.reduce_sum(query, axis=1)
        return {"score": tf.where(negated, -total, total)}

    def parsed(examples: Any) -> dict[str, Any]:
        """Serialised `tf.Example`s, as the classify and regress calls of TensorFlow Serving send them."""
        features = tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([2], tf.float32)})
        return {"y": features["x"] @ model.weight}

    def decoded(cells: Any) -> dict[str, Any]:
        return {"y": tf.squeeze(tf.io.decode_raw(cells, tf.float32), axis=1)}

    pairs, truth = tf.TensorSpec((None, 2), tf.float32), tf.TensorSpec((None,), tf.bool)
    texts = tf.TensorSpec((None,), tf.string)
    signatures = {
        "serving_default": tf.function(weighted).get_concrete_function(x=pairs),
        "compare": tf.function(compared).get_concrete_function(query=pairs, negated=truth),
        "parse": tf.function(parsed).get_concrete_function(examples=texts),
        "decode": tf.function(decoded).get_concrete_function(cells=texts),
    }
    tf.saved_model.save(model, str(folder / "signatures"), signatures=signatures)
