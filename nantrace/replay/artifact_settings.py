"""What an artifact says of itself before any row is run: its layers, its stored statistics, and the text of its file.

Runs in the locked child; every answer is strict JSON. Of the file only text is read, nothing of it is run.
"""

import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from nantrace.replay.loading import LoadedModel, layers_by_path
from nantrace.replay.places import STATISTICS
from nantrace.replay.program import GraphProgram

Json = dict[str, Any]
MAX_TEXT = 50_000_000
"""Bytes of a configuration that are read; what is longer is not looked at."""
TRANSPARENT = {"Dropout", "Reshape", "Flatten", "Identity", "ActivityRegularization", "Permute"}
_INITIALIZERS = {"kernel_initializer": "kernel", "recurrent_initializer": "recurrent_kernel"}


def about_artifact(model: LoadedModel, path: Path) -> Json:
    """Layers with their settings, stored statistics, the layers that answer, and what the file says of its training."""
    layers = layers_by_path(model.keras_model) if model.keras_model is not None else []
    return {
        "layers": [_settings(name, layer) for name, layer in layers],
        "statistics": [*_statistics(model)],
        "answering": _answering(model.keras_model),
        "constants": [*_nonfinite_constants(model)],
        "tests_for_nan": _tests_for_nan(model.program),
        **training_facts(path),
    }


def training_facts(path: Path) -> Json:
    """`compiled` (the arguments of compile()) and `saved_with` (software versions) of an artifact, {} where unknown."""
    if path.is_dir():
        return {"compiled": {}, "saved_with": _saved_model_versions(path)}
    if zipfile.is_zipfile(path):
        return _of_keras(path)
    return _of_h5(path)


def _settings(name: str, layer: Any) -> Json:
    return {
        "layer": name,
        "class": type(layer).__name__,
        "epsilon": _number(getattr(layer, "epsilon", None)),
        "activation": _activation(layer),
        "axis": _number(getattr(layer, "axis", None)),
        "units": _number(getattr(layer, "units", None) or getattr(layer, "filters", None)),
        "initializers": {key: found for key in _INITIALIZERS if (found := _initializer(layer, key)) is not None},
    }


def _initializer(layer: Any, key: str) -> Json | None:
    initializer = getattr(layer, key, None)
    weight = getattr(layer, _INITIALIZERS[key], None)
    shape = getattr(weight, "shape", None)
    if initializer is None or not shape or not hasattr(initializer, "get_config"):
        return None
    config = initializer.get_config()
    numbers = {name: value for name, value in config.items() if isinstance(value, (int, float)) and name != "seed"}
    return {"class": type(initializer).__name__, "fan_in": math.prod(shape[:-1]), **numbers}


def _activation(layer: Any) -> str | None:
    """The name of a layer's activation function; layers that are nothing else answer to their own name."""
    activation = getattr(layer, "activation", None)
    if activation is not None:
        return str(getattr(activation, "__name__", type(activation).__name__)).lower()
    return "softmax" if type(layer).__name__ == "Softmax" else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and math.isfinite(value) else None


def _statistics(model: LoadedModel) -> Iterator[Json]:
    """Stored statistics of normalisation layers: how many are impossible, how many are what a layer starts with."""
    names = model.names
    for path, variable in model.variables.items():
        name = path.rsplit("/", 1)[-1]
        layer = names.layer_of_variable(path)
        if name in STATISTICS and names.normalises(layer):
            values = np.asarray(variable.numpy(), np.float64)
            yield {
                "layer": layer,
                "class": model.layers.get(layer or "", ""),
                "name": name,
                "size": int(values.size),
                "nonfinite": int((~np.isfinite(values)).sum()),
                "negative": int((values < 0).sum()),
                "zero": int((values == 0).sum()),
                "one": int((values == 1).sum()),
                "min": _number(float(values.min())) if values.size else None,
            }


def _answering(model: Any) -> list[Json]:
    """The last layer before each output, where Keras shows it."""
    if model is None:
        return []
    found = []
    for output in getattr(model, "outputs", None) or []:
        layer = _last_layer(getattr(output, "_keras_history", None))
        shape = tuple(getattr(output, "shape", None) or ())
        found.append(
            {
                "layer": getattr(layer, "name", None),
                "activation": _activation(layer) if layer is not None else None,
                "units": shape[-1] if len(shape) > 1 else None,
            }
        )
    names = getattr(model, "output_names", None) or [one["layer"] for one in found]
    return [{"output": name, **one} for name, one in zip(names, found, strict=True)]


def _last_layer(history: Any) -> Any:
    """Follows an output back through layers that only reshape, and into a nested model."""
    while history is not None:
        layer = history.operation
        inner = getattr(layer, "outputs", None)
        if inner and getattr(layer, "layers", None):
            history = getattr(inner[history.tensor_index], "_keras_history", None)
        elif type(layer).__name__ in TRANSPARENT:
            history = getattr(layer.input, "_keras_history", None)
        else:
            return layer
    return None


def _nonfinite_constants(model: LoadedModel) -> Iterator[Json]:
    names = model.names
    for path, step in _steps(model.program, ""):
        if step.kind == "Const" and getattr(step.constant, "dtype", np.dtype(bool)).kind == "f":
            nan = int(np.isnan(step.constant).sum())
            if nan:
                yield {"layer": names.layer_of_operation(path), "name": path, "nan": nan}


def _tests_for_nan(program: GraphProgram) -> bool:
    return any(step.kind in {"IsNan", "IsFinite"} for _, step in _steps(program, ""))


def _steps(program: GraphProgram, path: str) -> Iterator[tuple[str, Any]]:
    for step in program.steps:
        yield path + step.name, step
        for body in step.bodies:
            yield from _steps(body, f"{path}{step.name}>")


def _of_keras(path: Path) -> Json:
    with zipfile.ZipFile(path) as archive:
        config, metadata = (_parsed(_member(archive, name)) for name in ("config.json", "metadata.json"))
    return {
        "compiled": _compile_arguments(config.get("compile_config")),
        "saved_with": _versions({"keras": metadata.get("keras_version")}),
    }


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        text = file.read(MAX_TEXT + 1)
    return text if len(text) <= MAX_TEXT else b""


def _of_h5(path: Path) -> Json:
    with h5py.File(path, "r") as file:
        return {
            "compiled": _compile_arguments(_parsed(file.attrs.get("training_config", ""))),
            "saved_with": _versions({"keras": file.attrs.get("keras_version")}),
        }


def _saved_model_versions(path: Path) -> Json:
    from tensorflow.core.protobuf import saved_model_pb2

    file = path / "saved_model.pb"
    if not file.is_file() or file.stat().st_size > MAX_TEXT:
        return {}
    found = saved_model_pb2.SavedModel()
    found.ParseFromString(file.read_bytes())
    return _versions({"tensorflow": found.meta_graphs[0].meta_info_def.tensorflow_version})


def _parsed(text: Any) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _compile_arguments(config: Any) -> Json:
    """Only what the audit reads, so that a whole optimizer's state does not travel."""
    return {"loss": config["loss"]} if isinstance(config, dict) and config.get("loss") else {}


def _versions(found: Json) -> Json:
    texts = {name: version.decode() if isinstance(version, bytes) else version for name, version in found.items()}
    return {name: version for name, version in texts.items() if isinstance(version, str) and version}
