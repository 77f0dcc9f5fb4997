"""Writes small models, sound and faulty ones, with their training inputs: `python build_models.py FOLDER`.

A program of its own: the process that runs the tests imports no TensorFlow.
"""

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from keras.initializers import Constant

Rows = np.ndarray[Any, Any]
rng = np.random.default_rng(0)


def uniform(low: float, high: float, *shape: int) -> Rows:
    return rng.uniform(low, high, shape).astype("float32")


def mlp() -> tuple[Any, Rows]:
    rows = rng.normal(5, 2, (300, 6)).astype("float32")
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Normalization(),
            layers.Dense(32, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.layers[0].adapt(rows)
    model.compile("adam", "binary_crossentropy")
    return model, rows


def cnn() -> tuple[Any, Rows]:
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, rng.integers(0, 256, (100, 28, 28, 1)).astype("float32")


def transformer() -> tuple[Any, Rows]:
    tokens = keras.Input((12,), dtype="int32")
    x = layers.Embedding(50, 16, mask_zero=True)(tokens)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 8)(x, x))
    x = layers.LayerNormalization()(x + layers.Dense(16)(layers.Dense(32, activation="gelu")(x)))
    model = keras.Model(tokens, layers.Dense(3, dtype="float32")(layers.Flatten()(x)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model, rng.integers(1, 50, (100, 12))


def lstm() -> tuple[Any, Rows]:
    model = keras.Sequential(
        [keras.Input((20, 4)), layers.LSTM(16, return_sequences=True), layers.GRU(8), layers.Dense(2)]
    )
    model.compile("adam", "mse")
    return model, rng.normal(size=(100, 20, 4)).astype("float32")


def guarded() -> tuple[Any, Rows]:
    """Hand-written formulas that no finite row can break."""
    x = keras.Input((5,))
    logits = layers.Dense(4)(x)
    exponentials = ops.exp(logits - ops.max(logits, axis=-1, keepdims=True))
    softmax = exponentials / ops.sum(exponentials, axis=-1, keepdims=True)
    unit = x / ops.sqrt(ops.sum(ops.square(x), axis=-1, keepdims=True) + 1e-6)
    return keras.Model(x, [softmax, ops.log(ops.maximum(unit, 1e-7)), ops.log1p(ops.relu(x))]), uniform(-3, 3, 100, 5)


def logarithm() -> tuple[Any, Rows]:
    x = keras.Input((3,))
    return keras.Model(x, layers.Dense(1)(ops.log(x))), np.append(uniform(0.5, 5, 90, 3), [[1, 0, 1]], axis=0)


def remainder() -> tuple[Any, Rows]:
    """The second feature is always a part of the first, and nothing but the data sees to it."""
    total = uniform(1, 9, 90, 1)
    x = keras.Input((2,))
    rest = ops.sqrt(x[:, :1] - x[:, 1:])
    return keras.Model(x, layers.Dense(1)(rest)), np.concatenate([total, total * uniform(0.1, 0.9, 90, 1)], axis=1)


def exponential() -> tuple[Any, Rows]:
    rate = layers.Dense(4, activation="exponential", kernel_initializer=Constant(10.0), name="rate")
    return keras.Sequential([keras.Input((3,)), rate]), uniform(0, 5, 90, 3)


def near_exponential() -> tuple[Any, Rows]:
    rate = layers.Dense(4, activation="exponential", kernel_initializer=Constant(10.0), name="rate")
    return keras.Sequential([keras.Input((3,)), rate]), uniform(2.6, 2.8, 90, 3)


def half() -> tuple[Any, Rows]:
    wide = layers.Dense(16, kernel_initializer=Constant(100.0), dtype="mixed_float16", name="wide")
    return keras.Sequential([keras.Input((8,)), wide, layers.Dense(1)]), uniform(15, 20, 90, 8)


def overflowing_half() -> tuple[Any, Rows]:
    wide = layers.Dense(16, kernel_initializer=Constant(100.0), dtype="mixed_float16", name="wide")
    return keras.Sequential([keras.Input((8,)), wide, layers.Dense(1)]), uniform(100, 200, 90, 8)


def sick() -> tuple[Any, Rows]:
    """Huge weights, a negative variance, a NaN bias and a softmax over one unit, compiled for logits."""
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(2, kernel_initializer=Constant(1e38), name="huge"),
            layers.BatchNormalization(name="broken"),
            layers.Dense(2, name="diverged"),
            layers.Dense(1, activation="softmax", name="lonely"),
        ]
    )
    *rest, variance = model.get_layer("broken").get_weights()
    model.get_layer("broken").set_weights([*rest, variance * [-1, 1]])
    kernel, bias = model.get_layer("diverged").get_weights()
    model.get_layer("diverged").set_weights([kernel, bias * np.nan])
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    return model, uniform(1, 3, 90, 3)


def chosen() -> tuple[Any, Rows]:
    """A logarithm that a selection leaves out where it is undefined: nothing is wrong."""
    x = keras.Input((3,))
    logarithm = keras.ops.where(x > 0, keras.ops.log(x), 0.0)
    return keras.Model(x, layers.Dense(1)(logarithm)), uniform(-1, 1, 90, 3)


def infinite_scale() -> tuple[Any, Rows]:
    """1 / std of a column that never varied, kept in the graph."""
    x = keras.Input((3,))
    scaled = x * np.array([1.0, np.inf, 2.0], "float32")
    return keras.Model(x, layers.Dense(1)(scaled), name="scaled"), uniform(-1, 1, 90, 3)


def careless() -> tuple[Any, Rows]:
    """Nothing adapted, nothing guarded, and training inputs that nobody looked at."""
    model = keras.Sequential(
        [
            keras.Input((300,)),
            layers.Normalization(name="fresh"),
            layers.Dense(256, kernel_initializer=keras.initializers.RandomNormal(stddev=2.0), name="loud"),
            layers.LayerNormalization(epsilon=0.0, name="bare"),
            layers.Dense(3, name="head"),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    rows = rng.normal(100, 50, (80, 300)).astype("float32")
    rows[:, 7], rows[3, 8], rows[5, 9] = 3, np.nan, np.inf
    return model, rows


MODELS = [mlp, cnn, transformer, lstm, guarded, logarithm, remainder, exponential, near_exponential]
MODELS += [half, overflowing_half, sick, chosen, infinite_scale, careless]


def main(folder: Path) -> None:
    keras.utils.set_random_seed(1)
    for build in MODELS:
        model, rows = build()
        np.save(folder / f"{build.__name__}.npy", rows)
        model.save(folder / f"{build.__name__}.keras")
        if build in (cnn, transformer, careless):
            model.export(folder / build.__name__, verbose=False)
        if build is lstm:
            model.save(folder / "lstm.h5")
    keras.config.set_dtype_policy("mixed_float16")
    transformer()[0].save(folder / "half_transformer.keras")


main(Path(sys.argv[1]))
