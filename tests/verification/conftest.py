"""Registered models whose rows really failed, and files that should cure them.

TensorFlow makes the model files in a process of its own, once for the session.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from nantrace.replay.replayer import Replayer

MAKE = """
import sys, keras
folder = sys.argv[1]
keras.utils.set_random_seed(3)

def saved(name, build, body):
    x = keras.Input((3,))
    keras.Model(x, body(build(x))).save(f"{folder}/{name}.keras")

body = keras.Sequential([keras.layers.Dense(10, activation="relu"), keras.layers.Dense(1)])
tanh = keras.Sequential([keras.layers.Dense(10, activation="tanh"), keras.layers.Dense(1)])
filled = lambda x: keras.ops.where(keras.ops.isnan(x), keras.ops.full_like(x, 0.5), x)
first_only = lambda x: keras.ops.where(keras.ops.isnan(x) & (keras.ops.arange(3) == 0), keras.ops.zeros_like(x), x)
hidden = lambda x: keras.layers.Flatten()(keras.layers.MaxPooling1D(3)(keras.layers.Reshape((3, 1))(x)))
saved("absorbs", lambda x: x, body)
saved("answers_nan", lambda x: x, tanh)
saved("imputes", filled, body)
saved("imputes_first", first_only, tanh)
saved("hides", hidden, keras.layers.Dense(1))
half = keras.layers.Dense(4, dtype="mixed_float16", kernel_initializer="ones")
wide = keras.Sequential([half, keras.layers.Dense(1)])
saved("half", lambda x: x, wide)
keras.Model(a := keras.Input((4,)), keras.layers.Dense(1)(a)).save(f"{folder}/takes_four.keras")
keras.Sequential([keras.Input((3,)), body]).export(f"{folder}/saved_model", verbose=False)
"""


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of model files of three features each, one of them of four."""
    folder = tmp_path_factory.mktemp("models")
    environment = {"PATH": "/usr/bin:/bin", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, "-c", MAKE, str(folder)], check=True, env=environment, timeout=120)
    return folder


@pytest.fixture(scope="session")
def replayer() -> Iterator[Replayer]:
    replayer = Replayer(sandbox=settings.NANWATCH_SANDBOX)
    yield replayer
    replayer.close()
