"""`python -m tests.replay.keras_2_models FOLDER`: models as Keras 2 saves them.

They have layers and arguments that Keras 3 has no more, or reads otherwise.

Each is written with rows and with what `tf_keras` itself answers: NAME.npz.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers

Build = Callable[[], Any]


def series() -> Any:
    """`time_major` and `batch_input_shape` stand in its config."""
    return tf_keras.Sequential(
        [
            layers.LSTM(4, return_sequences=True, batch_input_shape=(None, 6, 3), name="memory"),
            layers.Bidirectional(layers.GRU(3), name="both_ways"),
            layers.Dense(2, "softmax", name="out"),
        ],
        name="series",
    )


def image() -> Any:
    """`groups` stands in the config of a depthwise convolution."""
    pixels = tf_keras.Input((8, 8, 3), name="pixels")
    x = layers.DepthwiseConv2D(3, name="depthwise")(pixels)
    x = layers.BatchNormalization(name="norm")(layers.SeparableConv2D(4, 3, name="separable")(x))
    return tf_keras.Model(pixels, layers.Dense(1, name="out")(layers.GlobalAveragePooling2D()(x)), name="image")


def attention() -> Any:
    """Functional operations are layers of their own kind in Keras 2."""
    steps = tf_keras.Input((5, 4), name="steps")
    x = layers.MultiHeadAttention(2, 4, name="attention")(steps, steps)
    x = layers.LayerNormalization(name="norm")(tf.nn.relu(x + steps) * 2.0)
    encoder = tf_keras.Model(steps, x[:, 0, :], name="encoder")
    outer = tf_keras.Input((5, 4), name="outer")
    return tf_keras.Model(outer, [layers.Dense(1, name="one")(encoder(outer)), encoder(outer)], name="attention")


class Scaling(layers.Layer):  # type: ignore[misc]
    def call(self, inputs: Any) -> Any:
        return inputs * 2


def clipped(x: Any) -> Any:
    return tf.clip_by_value(x, 0.0, 20.0)


def custom() -> Any:
    return tf_keras.Sequential([layers.Dense(2, activation=clipped, input_shape=(3,)), Scaling()])


def with_lambda() -> Any:
    return tf_keras.Sequential([layers.Lambda(lambda x: x * 2, input_shape=(3,))])


def custom_and_lambda() -> Any:
    return tf_keras.Sequential([*custom().layers, layers.Lambda(lambda x: x * 2)])


def trained(folder: Path) -> None:
    """A SavedModel that holds the slots of an optimizer."""
    model = image()
    model.compile(tf_keras.optimizers.legacy.Adam(), "mse")
    model.fit(np.zeros((2, 8, 8, 3)), np.zeros((2, 1)), verbose=0)
    model.save(folder / "keras2_trained", save_format="tf")


def written(build: Build, suffix: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        model, name = build(), f"keras2_{build.__name__}{suffix}"
        generator = np.random.default_rng(0)
        rows = generator.normal(size=(5, *model.input_shape[1:])).astype(np.float32)
        model.set_weights([generator.uniform(0.1, 0.5, weight.shape) for weight in model.get_weights()])
        model.save(folder / name)
        answers = tf.nest.flatten(model.predict(rows, verbose=0))
        np.savez(folder / f"{name}.npz", rows, *answers)

    return write


MODELS: dict[str, Callable[[Path], None]] = {
    f"keras2_{build.__name__}{suffix}": written(build, suffix)
    for build in (series, image, attention)
    for suffix in (".h5", ".keras")
} | {
    "keras2_trained": trained,
    "keras2_custom.h5": written(custom, ".h5"),
    "keras2_custom.keras": written(custom, ".keras"),
    "keras2_custom_and_lambda.h5": written(custom_and_lambda, ".h5"),
    "keras2_with_lambda.h5": written(with_lambda, ".h5"),
    "keras2_with_lambda.keras": written(with_lambda, ".keras"),
}


if __name__ == "__main__":
    for write in MODELS.values():
        write(Path(sys.argv[1]))
