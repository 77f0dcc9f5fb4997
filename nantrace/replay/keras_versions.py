"""Keras 3, and Keras 2 as the package `tf_keras`, behind one set of functions. Runs in the locked child only.

A file is loaded by the Keras that it says it was saved with: Keras 3 lacks layers, arguments and formats of Keras 2.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import h5py
import keras

from nantrace.replay.running import first_line
from nantrace.replay.saved_file import AuthorsCode, SavedFile, authors_code

NAMESPACES = ("layers", "models", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers")
INNER_CLASSES = {"Functional", "TFOpLambda", "SlicingOpLambda", "Policy", "DTypePolicy", "TensorShape", "KerasTensor"}
"""Of Keras, though in no public namespace."""


class UnloadableModelError(Exception):
    """The artifact is no model that this TensorFlow and Keras can load safely.

    The text is one sentence that says why; `way_out` says what to do, empty where that depends.
    """

    def __init__(self, reason: str, way_out: str = "") -> None:
        super().__init__(reason)
        self.way_out = way_out


def legacy_keras() -> Any:
    """Keras 2. Its import takes two seconds, so only models of Keras 2 pay them."""
    if find_spec("tf_keras") is None:
        reason = "the model was saved by Keras 2, which is the package tf_keras here, and that is not installed"
        raise UnloadableModelError(reason, "pip install tf_keras")
    import tf_keras

    return tf_keras


def keras_model(path: Path, file: SavedFile) -> Any:
    """The model of a `.keras` or `.h5` file; code of its author is never run. Raises UnloadableModelError."""
    if file.keras_major == 1:
        raise _too_old(path, file)
    if not file.config and h5py.is_hdf5(path):
        raise _no_architecture(path)
    unsaid = file.keras_major is None and h5py.is_hdf5(path)  # not every Keras 2 wrote it
    library = legacy_keras() if unsaid or file.keras_major == 2 else keras
    try:
        return _loaded(library, path)
    except Exception as error:  # a file from outside can make Keras raise anything
        needed = [*dict.fromkeys(authors_code(file.config, lambda name: _knows(library, name)))]
        if needed:
            raise _needs_code(needed, path, library) from error
        raise UnloadableModelError(f"Keras {library.__version__} cannot load it: {first_line(error)}") from error


def version_of(model: Any) -> str:
    """The version of the Keras that runs a model."""
    if isinstance(model, keras.Model):
        return str(keras.__version__)
    return str(legacy_keras().__version__)


def own_variables(layer: Any) -> list[Any]:
    """Variables of a layer without those of the layers inside of it."""
    if isinstance(layer, keras.Layer):
        return [*layer._trainable_variables, *layer._non_trainable_variables]
    return [*layer._trainable_weights, *layer._non_trainable_weights]


def _loaded(library: Any, path: Path) -> Any:
    if library is keras:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    from tf_keras.src.saving.serialization_lib import SafeModeScope

    with SafeModeScope(safe_mode=True):  # `load_model` itself asks for it in `.keras` files only
        return library.models.load_model(path, compile=False)


def _knows(library: Any, name: str) -> bool:
    """Whether a class or a function of that name is Keras' own."""
    if name in INNER_CLASSES or any(hasattr(getattr(library, place), name) for place in NAMESPACES):
        return True
    try:
        library.activations.get(name)
    except (ValueError, TypeError):
        return False
    return True


def _needs_code(needed: Sequence[AuthorsCode], path: Path, library: Any) -> UnloadableModelError:
    own = [one for one in needed if one.kind != "Lambda"]
    what = " and ".join(f"the {one.kind} {one.name}" for one in own) or "the code of a Lambda layer"
    export = _legacy_export if library is not keras else _export
    return UnloadableModelError(
        f"the file needs {what}, which its author wrote and which is not run here",
        "Where that code is, export the model as a SavedModel, which needs none: "
        + export(path, _custom_objects(own), bytecode=len(own) < len(needed)),
    )


def _export(path: Path, objects: str, *, bytecode: bool) -> str:
    """Code for Keras 3; `bytecode`: the file holds that of a Lambda layer."""
    arguments = f'"{path.name}"{objects}{", safe_mode=False" if bytecode else ""}'
    return f'model = keras.models.load_model({arguments}); model.export("folder")'


def _legacy_export(path: Path, objects: str, *, bytecode: bool) -> str:
    """Code for Keras 2; since 2.13 its `load_model` cannot read the author's functions in `.h5` files that it wrote."""
    file, save = f'"{path.name}"', 'model.save("folder", save_format="tf")'
    if not objects or not h5py.is_hdf5(path):
        return f"model = tf_keras.models.load_model({file}{objects}); {save}"
    config = f'h5py.File({file}).attrs["model_config"]'
    return (
        "tf_keras.__internal__.enable_unsafe_deserialization(); " if bytecode else ""
    ) + f"model = tf_keras.models.model_from_json({config}{objects}); model.load_weights({file}); {save}"


def _custom_objects(own: Sequence[AuthorsCode]) -> str:
    """The argument, after another one; empty where there are none."""
    objects = ", ".join(f'"{one.name}": {_python_name(one.name)}' for one in own)
    return f", custom_objects={{{objects}}}" if own else ""


def _python_name(name: str) -> str:
    """`Scaling` of `package>Scaling`; a function without a name has to be written again."""
    last = name.rsplit(">", 1)[-1]
    return last if last.isidentifier() else "..."


def _too_old(path: Path, file: SavedFile) -> UnloadableModelError:
    return UnloadableModelError(
        f"the file was saved by Keras {file.saved_with['keras']}, and no Keras since version 2 reads its layers",
        "Build the same layers in code with tf_keras, take the weights of the file with "
        f'model.load_weights("{path.name}"), and save it anew with model.save("model.keras")',
    )


def _no_architecture(path: Path) -> UnloadableModelError:
    return UnloadableModelError(
        "the file holds weights and no model",
        f'Build the model in code, model.load_weights("{path.name}"), and save all of it: model.save("model.keras")',
    )
