"""What `watch` adds to calls of Keras models; run by `benchmarks.client`, in a process that may import TensorFlow."""

import os
from collections.abc import Callable
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import nanwatch_client
import numpy as np
import tensorflow as tf

from benchmarks.client import NOWHERE, seconds_of

BLOCKS, CALLS = 60, 50


def main() -> None:
    keras.utils.set_random_seed(1)
    model = mlp(64)
    nanwatch_client.init(NOWHERE, "key")
    print("Calls of a Keras model and what watch() adds, microseconds:  call  added   share")
    for rows in (1, 32, 256):
        inputs = np.random.default_rng(1).random((rows, 30), np.float32)
        show(f"compiled (tf.function), 64-64-1, {rows} rows", tf.function(model, reduce_retracing=True), inputs)
    inputs = np.random.default_rng(1).random((32, 30), np.float32)
    show("compiled (tf.function), 1024-1024-1, 32 rows", tf.function(mlp(1024), reduce_retracing=True), inputs)
    show("compiled, a tensor goes in, 64-64-1, 32 rows", tf.function(model), tf.constant(inputs))
    show("model(rows), 32 rows", model, inputs)


def mlp(width: int) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((30,)),
            layers.Dense(width, "relu"),
            layers.Dense(width, "relu"),
            layers.Dense(1, "sigmoid"),
        ]
    )


def show(name: str, function: Callable[..., Any], inputs: Any) -> None:
    """Blocks of bare and of watched calls take turns, so that both meet the same machine."""
    watched = nanwatch_client.watch(function, model="churn", version="7")
    bare, with_watch = [], []
    for _ in range(BLOCKS):
        bare.append(seconds_of(CALLS, lambda: function(inputs)))
        with_watch.append(seconds_of(CALLS, lambda: watched(inputs)))
    call = float(np.median(bare)) * 1e6
    added = watching_alone(function(inputs), inputs)
    noisy = float(np.median(with_watch)) * 1e6 - call
    print(
        f"  {name:56} {call:7.1f} {added:6.2f} {added / call:7.2%}   (difference of medians {noisy:+.1f})", flush=True
    )


def watching_alone(answer: Any, inputs: Any) -> float:
    """Microseconds that a watched call takes beside the model: that of a function which has its answer ready."""

    def ready(_: Any) -> Any:
        return answer

    watched = nanwatch_client.watch(ready, model="churn", version="7")
    times = seconds_of(20_000, lambda: watched(inputs)), seconds_of(20_000, lambda: ready(inputs))
    return float(np.median(times[0]) - np.median(times[1])) * 1e6


if __name__ == "__main__":
    main()
