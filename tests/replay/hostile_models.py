"""Artifacts that try to do more than to predict."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

Serve = Callable[[Any], Any]
PATHS = tf.TensorSpec([None], tf.string, name="path")
NUMBERS = tf.TensorSpec([None, 1], tf.float32, name="x")


def with_lambda() -> Any:
    return keras.Sequential([keras.Input((1,)), keras.layers.Lambda(lambda x: x + 1)])


def reads(path: Any) -> Any:
    """Answers with the content of files."""
    return tf.map_fn(tf.io.read_file, path)


def lists(path: Any) -> Any:
    """Answers with the number of files that match a pattern."""
    return tf.map_fn(lambda one: tf.size(tf.io.matching_files(one)), path, fn_output_signature=tf.int32)


def writes_files(path: Any) -> Any:
    def write(one: Any) -> Any:
        with tf.control_dependencies([tf.io.write_file(one, "was here")]):
            return tf.strings.length(one)

    return tf.map_fn(write, path, fn_output_signature=tf.int32)


def loops(x: Any) -> Any:
    """For ever, where x is positive."""
    return tf.while_loop(lambda y: tf.reduce_max(y) > 0, lambda y: (y,), (x,))[0]


def eats(x: Any) -> Any:
    """As many gigabytes as the largest x."""
    size = tf.cast(tf.reduce_max(x) * 2.0**28, tf.int64)
    return x + tf.reduce_sum(tf.sort(tf.random.uniform([size])))


def shouts(x: Any) -> Any:
    """Writes its rows to standard error, then loops for ever where x is positive."""
    with tf.control_dependencies([tf.print("card", x, output_stream=sys.stderr, summarize=-1)]):
        return loops(tf.identity(x))


class Remembers(tf.Module):  # type: ignore[misc]
    """Answers each row with the largest number that it was ever asked with."""

    def __init__(self) -> None:
        super().__init__()
        self.largest = tf.Variable(-1.0)

    @tf.function(input_signature=[NUMBERS])  # type: ignore[untyped-decorator]
    def serve(self, x: Any) -> Any:
        return x * 0 + self.largest.assign(tf.maximum(self.largest, tf.reduce_max(x)))


def remembers(folder: Path) -> None:
    module = Remembers()
    tf.saved_model.save(module, str(folder / "remembers"), signatures=module.serve)


def answers_much(cells: int) -> Serve:
    """Each row with its one value many times: a small file, and an answer as large as its author likes."""
    return lambda x: tf.tile(x, [1, cells])


def answers_long_texts(x: Any) -> Any:
    """A text of 16 MB a row."""
    return tf.strings.reduce_join(tf.tile(tf.as_string(x), [1, 2_000_000]), axis=1, separator="-")


def calls_python(x: Any) -> Any:
    return tf.py_function(lambda y: y, [x], tf.float32)


class Endless(tf.saved_model.experimental.TrackableResource):  # type: ignore[misc]
    """Loops for ever while the model is loaded."""

    def _create_resource(self) -> Any:
        return tf.raw_ops.MutableHashTableV2(key_dtype=tf.int64, value_dtype=tf.int64)

    def _initialize(self) -> None:
        tf.while_loop(lambda x: x < 1.0, lambda _: (tf.random.uniform([]) * 0.5,), (tf.constant(0.5),))


def never_loads(folder: Path) -> None:
    module = tf.Module()
    module.endless = Endless()
    module.serve = tf.function(lambda x: x, input_signature=[NUMBERS])
    tf.saved_model.save(module, str(folder / "never_loads"), signatures=module.serve)


SAVED_MODELS: dict[str, tuple[Serve, Any]] = {
    "reads": (reads, PATHS),
    "lists": (lists, PATHS),
    "writes_files": (writes_files, PATHS),
    "loops": (loops, NUMBERS),
    "eats": (eats, NUMBERS),
    "calls_python": (calls_python, NUMBERS),
    "shouts": (shouts, NUMBERS),
    "answers_4_mb": (answers_much(10**6), NUMBERS),
    "answers_20_mb": (answers_much(5 * 10**6), NUMBERS),
    "answers_400_mb": (answers_much(10**8), NUMBERS),
    "answers_4_gb": (answers_much(10**9), NUMBERS),
    "answers_long_texts": (answers_long_texts, NUMBERS),
}


def writes(build: tuple[Serve, Any], name: str) -> Callable[[Path], None]:
    """Writes a function as a SavedModel."""
    serve, spec = build

    def write(folder: Path) -> None:
        module = tf.Module()
        module.serve = tf.function(serve, autograph=False, input_signature=[spec])
        tf.saved_model.save(module, str(folder / name), signatures=module.serve)

    return write
