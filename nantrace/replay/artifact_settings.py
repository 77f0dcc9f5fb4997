"""What an artifact says of itself before any row is run: its layers, its stored statistics, and the text of its file.

Runs in the locked child; every answer is strict JSON. Of the file only text is read, nothing of it is run.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nantrace.replay.loading import LoadedModel, layers_by_path
from nantrace.replay.places import STATISTICS
from nantrace.replay.program import GraphProgram
from nantrace.replay.saved_file import saved_file

Json = dict[str, Any]
TRANSPARENT = {"Dropout", "Reshape", "Flatten", "Identity", "ActivityRegularization", "Permute"}
_INITIALIZERS = {"kernel_initializer": "kernel", "recurrent_initializer": "recurrent_kernel"}


def about_artifact(model: LoadedModel, path: Path) -> Json:
    """Layers with their settings, stored statistics, the layers that answer, and what the file says of its training."""
    file = saved_file(path)
    layers = layers_by_path(model.keras_model) if model.keras_model is not None else []
    return {
        "layers": [_settings(name, layer) for name, layer in layers],
        "statistics": [*_statistics(model)],
        "answering": _answering(model.keras_model),
        "constants": [*_nonfinite_constants(model)],
        "tests_for_nan": _tests_for_nan(model.program),
        "compiled": file.compiled,
        "saved_with": file.saved_with,
    }


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
        layer = getattr(history, "operation", None) or history.layer  # the latter in Keras 2
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
