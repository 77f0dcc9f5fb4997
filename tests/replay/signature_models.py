"""A SavedModel of several signatures, as code of its own exports it: numbers, pairs with a truth value, and texts."""

from pathlib import Path
from typing import Any

import tensorflow as tf


class _Signatures(tf.Module):
    """Each signature takes something else, and answers something that a test can compute by hand."""

    def __init__(self) -> None:
        super().__init__("signatures")
        self.weight = tf.Variable([[2.0], [3.0]])

    @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float32, name="x")])
    def weighted(self, x: Any) -> dict[str, Any]:
        return {"y": x @ self.weight}

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, 2), tf.float32, name="query"),
            tf.TensorSpec((None,), tf.bool, name="negated"),
        ]
    )
    def compared(self, query: Any, negated: Any) -> dict[str, Any]:
        total = tf.reduce_sum(query, axis=1)
        return {"score": tf.where(negated, -total, total)}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="examples")])
    def parsed(self, examples: Any) -> dict[str, Any]:
        """Serialised `tf.Example`s, as the classify and regress calls of TensorFlow Serving send them."""
        features = tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([2], tf.float32)})
        return {"y": features["x"] @ self.weight}


def write_signatures(folder: Path) -> None:
    """`serving_default`, `compare` and `parse`."""
    model = _Signatures()
    signatures = {"serving_default": model.weighted, "compare": model.compared, "parse": model.parsed}
    tf.saved_model.save(model, str(folder / "signatures"), signatures=signatures)
