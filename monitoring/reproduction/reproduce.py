"""Shows an incident that NaNWatch found, with nothing but TensorFlow and numpy.

    python reproduce.py MODEL

MODEL is the registered file (.keras, .h5, a packed SavedModel) or the directory of a SavedModel. Exit 0: the
failure shows. 1: it does not. 2: the call or the file cannot be used.
"""

import argparse
import hashlib
import json
import os
import sys
import tarfile
import tempfile
import zipfile
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # the rows failed on a CPU; unset it to try a GPU
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # on by itself on newer CPUs only; its fused relu hides NaN

import numpy as np

HERE = Path(__file__).resolve().parent
Arrays = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description="Shows an incident with plain TensorFlow.")
    parser.add_argument("model", type=Path, help=".keras, .h5, SavedModel directory, .zip or .tar.gz")
    parser.add_argument(
        "--anyway", action="store_true", help="also with another model file, a repaired one for example"
    )
    given = parser.parse_args()
    incident = json.loads((HERE / "incident.json").read_text())
    with np.load(HERE / "rows.npz", allow_pickle=False) as file:
        rows = {name: as_sent(file[name], name in incident["base64"]) for name in file.files}
    print_claims(incident)
    if not given.model.exists():
        return refused(f"{given.model} does not exist")
    if not is_registered(given.model, incident) and not given.anyway:
        return refused("this is not the file that failed; --anyway runs it nevertheless")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = unpacked(given.model, Path(folder))
            served_by = incident["signature"]
            as_served, unfused = (answers(path, rows, fused, served_by) for fused in (True, False))
    except (OSError, ValueError, TypeError, ImportError, AttributeError, zipfile.BadZipFile) as error:
        return refused(f"{given.model} cannot be loaded: {error}")
    print()
    return print_answers(incident, rows, as_served, unfused, given.anyway)


def as_sent(array: Any, base64: bool) -> Any:
    """The array, or the bytes that stand in it as base64."""
    if not base64:
        return array
    cells = np.empty(array.size, dtype=object)
    cells[:] = [b64decode(text) for text in array.ravel().tolist()]
    return cells.reshape(array.shape)


def refused(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def is_registered(path: Path, incident: Mapping[str, Any]) -> bool:
    wanted: str = incident["artifact"]["sha256"]
    if path.is_dir():
        print(f"model     a directory has no hash; it must hold what was registered as sha256 {wanted}")
        return True
    with path.open("rb") as file:
        found: str = hashlib.file_digest(file, "sha256").hexdigest()
    print(f"model     sha256 {found}" + (", as registered" if found == wanted else f"; registered was {wanted}"))
    return found == wanted


def unpacked(path: Path, folder: Path) -> Path:
    """A packed SavedModel is unpacked; a .keras file is a zip as well, which Keras reads by itself."""
    if path.is_dir() or path.suffix in (".keras", ".h5"):
        return path
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
    else:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    saved = next(folder.rglob("saved_model.pb"), None)
    if saved is None:
        raise ValueError("the archive holds no saved_model.pb")
    return saved.parent


def answers(path: Path, rows: Arrays, fused: bool, signature: str) -> "list[str | np.ndarray]":
    """What the compiled model answers to each row: its outputs as one flat array, or the error as text."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"remapping": fused})  # holds for functions traced from now on
    predict, specs = loaded(path, signature)
    found: list[Any] = []
    for row in range(len(next(iter(rows.values())))):
        try:
            outputs = predict(feed({name: array[row : row + 1] for name, array in rows.items()}, specs))
            found.append(np.concatenate([np.ravel(one.numpy()) for one in tf.nest.flatten(outputs)]))
        except (ValueError, TypeError, RuntimeError, tf.errors.OpError) as error:
            found.append(f"raises {type(error).__name__}")
    return found


def loaded(path: Path, name: str) -> tuple[Callable[[Sequence[Any]], Any], Mapping[str, Any]]:
    """A compiled function of the inputs in order, and the inputs by name with dtype and shape."""
    import tensorflow as tf

    if path.is_dir():
        model = tf.saved_model.load(path)
        if name and name not in model.signatures:
            raise ValueError(f"it has no signature {name!r}")
        signature = model.signatures.get(name or "serving_default") or next(iter(model.signatures.values()))
        specs = signature.structured_input_signature[1]
        names = list(specs)
        return lambda values, _keep=model: signature(**dict(zip(names, values, strict=True))), specs
    keras = keras_that_saved(path)
    model = keras.models.load_model(path, compile=False)
    struct = model.inputs if isinstance(model, keras.Sequential) else model.input
    names = sorted(struct) if isinstance(struct, dict) else [one.name for one in tf.nest.flatten(struct)]
    struct = struct[0] if isinstance(struct, list) and len(struct) == 1 else struct
    compiled = tf.function(lambda inputs: model(inputs, training=False))
    specs = dict(zip(names, tf.nest.flatten(struct), strict=True))
    return lambda values: compiled(tf.nest.pack_sequence_as(struct, list(values))), specs


def keras_that_saved(path: Path) -> Any:
    """Keras 3, or `tf_keras`, which is Keras 2: it loads what TensorFlow 2.0 to 2.15 saved."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            version = json.loads(archive.read("metadata.json")).get("keras_version", "3")
    else:
        import h5py

        with h5py.File(path, "r") as file:
            version = file.attrs.get("keras_version", "2")
    version = version.decode() if isinstance(version, bytes) else version
    if version.startswith("2"):
        import tf_keras

        return tf_keras
    import keras

    return keras


def feed(row: Arrays, specs: Mapping[str, Any]) -> list[Any]:
    """One row in the order of the inputs; a single input takes a single array, whatever it is called."""
    if len(row) == len(specs) == 1:
        return [tensor(array, spec) for array, spec in zip(row.values(), specs.values(), strict=True)]
    return [tensor(row[name], spec) for name, spec in specs.items()]


def tensor(array: Any, spec: Any) -> Any:
    import tensorflow as tf

    dtype, shape = tf.as_dtype(spec.dtype), tuple(spec.shape)
    if len(shape) == array.ndim + 1 and shape[-1] == 1:
        array = array[..., None]
    if dtype == tf.string:
        texts = array if array.dtype == object else array.astype(str)
        return tf.constant(texts.tolist(), tf.string, array.shape)
    numbers = array.astype(np.float64) if array.dtype.kind == "U" else array
    if dtype.is_integer and not np.isfinite(numbers).all():
        raise ValueError("an integer input cannot hold a missing value")
    return tf.cast(tf.constant(numbers), dtype)


def print_claims(incident: Mapping[str, Any]) -> None:
    sure = f"{incident['confidence']:.0%} sure"
    print(plain(f"{incident['id']}: {incident['title']}"))
    print(plain(f"claimed   {incident['symptom']}, because of {incident['cause']} ({sure})"))
    first_nan = incident["nan_birth"] if incident["nan_birth"] != incident["origin"] else None
    for words, place in (("origin", incident["origin"]), ("first NaN", first_nan)):
        if place:
            what = place["operation"] or f"{place['kind']} {place['name']}"
            where = f" in layer {place['layer']}" if place["layer"] else ""
            print(plain(f"{words:<9} {what}{where} -> {place['value']}"))
    print(plain(f"needs     {incident['model']}, version {incident['version']}"))


def print_answers(
    incident: Mapping[str, Any], rows: Arrays, as_served: Sequence[Any], unfused: Sequence[Any], anyway: bool
) -> int:
    """A line a row, and the verdict as exit status."""
    print(f"{'row':<6} {'inputs':<22} {'as served':<28} unfused")
    shown = lost = False
    for i, row in enumerate(incident["rows"]):
        bad = sum(int((~np.isfinite(one[i])).sum()) for one in rows.values() if one.dtype.kind == "f")
        held = f"{bad} NaN or infinite" if bad else "finite"
        print(f"{row['row']:<6} {held:<22} {words(as_served[i]):<28} {words(unfused[i])}")
        shown |= any(isinstance(one, str) or not is_finite(one) for one in (as_served[i], unfused[i]))
        lost |= bad > 0 and incident["symptom"] == "absorbed"
    if shown:
        print("\nThe failure shows.")
    elif lost and not anyway:  # another model may handle such values on purpose, so that this says nothing about it
        print("\nThe failure shows: finite answers to rows that hold NaN or infinity, which was lost inside.")
    elif incident["symptom"] == "absorbed" and not anyway:
        print("\nNot to be seen from outside: every answer is finite, and wrong for what was lost at the origin.")
    else:
        print("\nThe failure does not show here: every answer is finite.")
    return 0 if shown or (lost and not anyway) else 1


def is_finite(answer: Any) -> bool:
    return bool(answer.dtype.kind not in "fc" or np.isfinite(answer).all())


def words(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    if answer.size <= 3:
        return ", ".join(f"{one:.6g}" if answer.dtype.kind == "f" else str(one) for one in answer)
    bad = 0 if answer.dtype.kind not in "fc" else int((~np.isfinite(answer)).sum())
    return f"{answer.size} values, {bad} NaN or infinite"


def plain(text: str) -> str:
    """Names come from the model: none of them may steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


if __name__ == "__main__":
    sys.exit(main())
