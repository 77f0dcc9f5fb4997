"""The four models that the replay is measured on. Imports TensorFlow: for benchmark processes only."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

SHAPES = {"mlp": (256, 100), "lstm": (256, 50, 16), "transformer": (256, 64, 64), "mobilenet": (32, 128, 128, 3)}


def rows_of(name: str) -> np.ndarray:
    """Healthy rows, shape as in SHAPES, float32."""
    return np.random.default_rng(7).normal(size=SHAPES[name]).astype("float32")


def build(name: str) -> keras.Model:
    """A model of the kind that people serve, with random weights."""
    keras.utils.set_random_seed(7)
    shape = SHAPES[name][1:]
    if name in ("mlp", "wide"):
        hidden = [layers.Dense(units, "relu") for units in (1024, 1024, 512)]
        return keras.Sequential([layers.Input(shape), *hidden, layers.Dense(1, "sigmoid")])
    if name == "lstm":
        return keras.Sequential([layers.Input(shape), layers.LSTM(128), layers.Dense(1)])
    if name == "mobilenet":
        return keras.applications.MobileNetV2(shape, weights=None, classes=100)
    x = inputs = layers.Input(shape)
    for _ in range(2):
        y = layers.MultiHeadAttention(4, 16)(x, x)
        x = layers.LayerNormalization()(x + y)
        y = layers.Dense(64)(layers.Dense(256, "gelu")(x))
        x = layers.LayerNormalization()(x + y)
    return keras.Model(inputs, layers.Dense(10, "softmax")(layers.GlobalAveragePooling1D()(x)))


def save_all(folder: Path) -> dict[str, Path]:
    """Saves every model as `.keras`."""
    paths = {}
    for name in SHAPES:
        paths[name] = folder / f"{name}.keras"
        build(name).save(paths[name])
    return paths
