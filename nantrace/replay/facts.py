"""What the locked child tells about its model for the audit at registration; every answer is strict JSON."""

import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nantrace.replay.bounds import reachable
from nantrace.replay.feeding import UnfeedableError, feed
from nantrace.replay.interpreter import Interpreter, Value
from nantrace.replay.loading import LoadedModel
from nantrace.replay.observed import OutOfTimeError, Ranges
from nantrace.replay.patches import guard
from nantrace.replay.precision import FLOAT32, FLOAT64
from nantrace.replay.program import Program, uses_low_precision
from nantrace.replay.running import MODEL_ERRORS, first_line
from nantrace.replay.saved_file import training_facts
from nantrace.replay.trace import Traced, arguments, differs, interpret, trace
from nantrace.tensors.tensor import Tensors

Json = dict[str, Any]
STATISTICS = ("moving_variance", "variance", "moving_mean", "mean")
TRANSPARENT = {"Dropout", "Reshape", "Flatten", "Identity", "ActivityRegularization", "Permute"}


def tell(model: LoadedModel, request: Json, tensors: Tensors) -> Json:
    """`about` an artifact (at `path`), rows (for `seconds`), or bounds (two rows: lowest and highest values)."""
    match request["about"]:
        case "artifact":
            return about_artifact(model, Path(request["path"]))
        case "rows":
            return about_rows(model, tensors, request["seconds"])
        case _:
            return about_bounds(model, tensors, request["seconds"])


def about_artifact(model: LoadedModel, path: Path) -> Json:
    """Layers with their settings, stored statistics, the layers that answer, and what the file says of its training."""
    layers = list(_layers(model.keras_model, "")) if model.keras_model is not None else []
    return {
        "layers": [_settings(name, layer) for name, layer in layers],
        "statistics": [*_statistics(model)],
        "answering": _answering(model.keras_model),
        "constants": [*_nonfinite_constants(model)],
        "tests_for_nan": _tests_for_nan(model.program),
        **training_facts(path),
    }


def about_rows(model: LoadedModel, tensors: Tensors, seconds: float) -> Json:
    """What these finite rows reach inside the model, and where non-finite values arise from them."""
    watch = Ranges(model.names, time.monotonic() + seconds)
    try:
        fed = feed(tensors, model.inputs)
        arrays = [np.delete(array, [*fed.refused], axis=0) for array in fed.arrays]
        values = [Value(tensor) for _, tensor in arguments(model, arrays)]
        Interpreter(observer=watch).run(model.program, values)
        groups = [asdict(group) for group in _harmful(model, arrays)] if watch.nonfinite else []
        cured = _cured_by_float32(model, arrays) if groups else []
    except OutOfTimeError:
        return {"stopped": f"running the rows takes longer than {seconds:.0f} s"}
    except UnfeedableError as error:
        return {"stopped": str(error), "misfit": True}
    except MODEL_ERRORS as error:
        return {"stopped": first_line(error)}
    return {
        "rows": len(arrays[0]),
        "reached": [_strict(asdict(one)) for one in watch.reached],
        "magnitudes": [asdict(one) for one in watch.magnitudes],
        "overflows": [asdict(one) for one in watch.overflows],
        "groups": groups,
        "cured_by_float32": cured,
    }


def _harmful(model: LoadedModel, arrays: list[Any]) -> list[Traced]:
    """Where rows fail, but for bad values that make no difference, as on a branch that a selection leaves out."""
    traced = trace(model, arrays)
    lost = [group for group in traced.groups if group.swallowed_by is not None]
    if not lost:
        return traced.groups
    rows = sorted({row for group in lost for row in group.rows})
    places = {one["name"]: one["operation"] for group in lost for one in group.sources if one["kind"] == "operation"}
    some = [array[rows] for array in arrays]
    wrong: set[int] = set()
    for better in (interpret(model, some, guard(places)), interpret(model, some, precision=FLOAT64)):
        for name, outputs in traced.outputs.items():
            wrong |= {rows[i] for i in np.flatnonzero(differs(outputs[rows], better[name]))}
    unguarded = [group for group in lost if any(one["kind"] != "operation" for one in group.sources)]
    return [one for one in traced.groups if one not in lost or one in unguarded or wrong & set(one.rows)]


def about_bounds(model: LoadedModel, tensors: Tensors, seconds: float) -> Json:
    """Bounds of what reaches operations that can fail, by interval arithmetic; infinite bounds are None."""
    try:
        fed = feed(tensors, model.inputs)
        found = reachable(model, fed.arrays, time.monotonic() + seconds)
    except OutOfTimeError:
        return {"stopped": f"interval arithmetic takes longer than {seconds:.0f} s"}
    except (UnfeedableError, *MODEL_ERRORS) as error:
        return {"stopped": first_line(error)}
    return {"bounded": [_strict(asdict(one)) for one in found]}


def _cured_by_float32(model: LoadedModel, arrays: list[Any]) -> list[int]:
    """Rows whose outputs are finite when 16-bit operations are computed in float32."""
    if not uses_low_precision(model.concrete.graph):
        return []
    outputs = interpret(model, arrays, precision=FLOAT32).values()
    finite = np.ones(len(arrays[0]), bool)
    for array in outputs:
        if array.dtype.kind == "f":
            finite &= np.isfinite(array).reshape(len(array), -1).all(axis=1)
    return [int(row) for row in np.flatnonzero(finite)]


def _layers(model: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """All layers by path, as the loader names them."""
    for layer in getattr(model, "layers", None) or model._flatten_layers(include_self=False, recursive=False):
        yield f"{prefix}{layer.name}", layer
        yield from _layers(layer, f"{prefix}{layer.name}/")


def _settings(name: str, layer: Any) -> Json:
    return {
        "layer": name,
        "class": type(layer).__name__,
        "epsilon": _number(getattr(layer, "epsilon", None)),
        "activation": _activation(layer),
        "axis": _number(getattr(layer, "axis", None)),
        "units": _number(getattr(layer, "units", None) or getattr(layer, "filters", None)),
        "initializers": {key: told for key in _INITIALIZERS if (told := _initializer(layer, key)) is not None},
    }


_INITIALIZERS = {"kernel_initializer": "kernel", "recurrent_initializer": "recurrent_kernel"}


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
    """The last layer before each output, where Keras tells it."""
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


def _tests_for_nan(program: Program) -> bool:
    return any(step.kind in {"IsNan", "IsFinite"} for _, step in _steps(program, ""))


def _steps(program: Program, path: str) -> Iterator[tuple[str, Any]]:
    for step in program.steps:
        yield path + step.name, step
        for body in step.bodies:
            yield from _steps(body, f"{path}{step.name}>")


def _strict(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _strict(value) for key, value in told.items()}
    if isinstance(told, list):
        return [_strict(value) for value in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told
