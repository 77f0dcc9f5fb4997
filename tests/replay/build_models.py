"""`python -m tests.replay.build_models FOLDER [NAME ...]`: writes the models of the tests; all without names.

A process of its own, so that no test process imports TensorFlow.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from tests.replay import hostile_models, keras_models, signature_models

Write = Callable[[Path], None]


def keras_file(build: Callable[[], Any], name: str) -> Write:
    return lambda folder: build().save(folder / name)


def saved_model(build: Callable[[], Any], name: str) -> Write:
    return lambda folder: build().export(str(folder / name), verbose=False)


MODELS: dict[str, Write] = {
    **{f"{name}.keras": keras_file(build, f"{name}.keras") for name, build in keras_models.MODELS.items()},
    "mlp.h5": keras_file(keras_models.mlp, "mlp.h5"),
    "mlp": saved_model(keras_models.mlp, "mlp"),
    "halved": saved_model(keras_models.halved, "halved"),
    "unnamed": saved_model(keras_models.unnamed, "unnamed"),
    "log_gamma": saved_model(keras_models.log_gamma, "log_gamma"),
    "cholesky": saved_model(keras_models.cholesky, "cholesky"),
    "unrolled": saved_model(keras_models.gru, "unrolled"),
    "signatures": signature_models.write_signatures,
    "lambda.keras": keras_file(hostile_models.with_lambda, "lambda.keras"),
    "never_loads": hostile_models.never_loads,
    "remembers": hostile_models.remembers,
    **{name: hostile_models.writes(build, name) for name, build in hostile_models.SAVED_MODELS.items()},
}


def main(folder: Path, names: list[str]) -> None:
    for name in names or MODELS:
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        MODELS[name](folder)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]), sys.argv[2:])
