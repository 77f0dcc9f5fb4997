"""`python -m tests.published.plain FOLDER`: what TensorFlow and Keras alone answer, a batch a file of the folder.

NAME.npz holds the rows, NAME.path the model; NAME.answers.npz is written. A row that raises has no answer.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Rows = Mapping[str, Any]
Answer = Callable[[Rows], Any]


def loaded(path: Path, version: str) -> Answer:
    if path.is_dir():
        model = tf.saved_model.load(str(path))
        signature = model.signatures["serving_default"]
        return lambda rows: signature(**{name: tf.constant(x) for name, x in rows.items()})
    if version.startswith("3"):
        import keras as library
    else:
        import tf_keras as library
    model = library.models.load_model(path, compile=False)

    def answer(rows: Rows) -> Any:
        arrays = [tf.constant(x) for x in rows.values()]
        return model(arrays if len(arrays) > 1 else arrays[0], training=False)

    return answer


def _as_stored(values: NDArray[Any]) -> NDArray[Any]:
    """Texts as numpy stores them without pickle."""
    return values.astype(np.bytes_) if values.dtype.kind == "O" else values


def main(folder: Path) -> None:
    for said in sorted(folder.glob("*.path")):
        path, version = said.read_text().split("\n")
        answer = loaded(Path(path), version)
        for batch in sorted(folder.glob(f"{said.stem}.*.npz")):
            outputs = answer(dict(np.load(batch)))
            flat = tf.nest.flatten(outputs)
            names = sorted(outputs) if isinstance(outputs, dict) else [str(i) for i in range(len(flat))]
            answers = {name: _as_stored(np.asarray(one)) for name, one in zip(names, flat, strict=True)}
            np.savez(folder / f"{batch.stem}.answers", allow_pickle=False, **answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
