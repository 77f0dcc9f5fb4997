"""Loads an artifact and hides which format it came in. Runs in the locked child only."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nantrace.replay.model_inputs import InputSpec
from nantrace.replay.places import Names, without_number
from nantrace.replay.program import GraphProgram, operation_types, prepare
from nantrace.replay.running import first_line

_UNKNOWN = re.compile(r"(?:Could not locate|Unknown) (class|function|layer|object):? ['\"]?([\w>.]+)")
PYTHON_CALLS = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})
_WITHOUT_PYTHON = "export it without tf.py_function and tf.numpy_function"
_EXPORT = "write a SavedModel with model.export(folder), which needs no code"


class UnloadableModelError(Exception):
    """The artifact is no model that this TensorFlow and Keras can load safely; the text says why."""


@dataclass(frozen=True)
class LoadedModel:
    """A model as one function from named inputs to named outputs."""

    name: str
    inputs: tuple[InputSpec, ...]
    concrete: Any
    eager: Callable[[Sequence[Any]], Mapping[str, Any]] | None
    variables: Mapping[str, Any]
    layers: Mapping[str, str]  # path of a layer -> class name; empty where layers are not visible
    keras_model: Any = None

    @cached_property
    def program(self) -> GraphProgram:
        return prepare(self.concrete.graph)

    @cached_property
    def names(self) -> Names:
        """The names that a person knows, for the operations of the graph."""
        inputs = frozenset(spec.name for spec in self.inputs)
        exported = self.keras_model is None and self.name
        operations = operation_types(self.concrete.graph) if exported else {}
        names = operations or [op.name for op in self.concrete.graph.get_operations()]
        scopes = frozenset(part for name in names for part in name.split("/")[:-1])
        trainable = frozenset(path for path, variable in self.variables.items() if variable.trainable)
        return Names(self.name, inputs, self.layers, frozenset(self.variables), trainable, operations, scopes)

    @cached_property
    def infinite_weights(self) -> frozenset[str]:
        """Weights with infinities that nobody meant, unlike a mask's: trained ones, and statistics."""
        return frozenset(
            path
            for path, variable in self.variables.items()
            if variable.dtype.is_floating
            and (variable.trainable or self.names.normalises(self.names.layer_of_variable(path)))
            and np.isinf(variable.numpy()).any()
        )

    @cached_property
    def output_names(self) -> list[str]:
        """In the order of the graph's outputs, in which TensorFlow sorts the keys of a dict."""
        names: list[str] = tf.nest.flatten({name: name for name in _named(self.concrete.structured_outputs)})
        return names

    def call(self, feed: Sequence[Any]) -> dict[str, Any]:
        """The compiled function; `feed` in the order of `inputs`."""
        names = [spec.name for spec in self.inputs]
        if self.keras_model is not None:
            return dict(_named(self.concrete(*feed)))
        return dict(_named(self.concrete(**dict(zip(names, feed, strict=True)))))


def load(path: Path) -> LoadedModel:
    """A `.keras` or `.h5` file or a SavedModel directory; raises UnloadableModelError."""
    try:
        if path.is_dir():
            return _from_saved_model(tf.saved_model.load(str(path)))
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ImportError, RuntimeError) as error:
        raise UnloadableModelError(_why_unloadable(error)) from error
    return from_keras(model)


def from_keras(model: Any) -> LoadedModel:
    """Wraps a Keras model; its call is traced once with the batch size left open."""
    struct = _input_structure(model)
    leaves = tf.nest.flatten(struct)
    inputs = tuple(InputSpec(leaf.name, tf.as_dtype(leaf.dtype).name, tuple(leaf.shape)) for leaf in leaves)

    def call(*feed: Any) -> dict[str, Any]:
        return _named(model(tf.nest.pack_sequence_as(struct, list(feed)), training=False))

    specs = [tf.TensorSpec((None, *spec.shape[1:]), spec.dtype) for spec in inputs if spec.shape]
    try:
        concrete = tf.function(call, autograph=False).get_concrete_function(*specs)
    except (ValueError, TypeError, NotImplementedError) as error:
        batch = next((spec.shape[0] for spec in inputs if spec.shape), None)
        raise UnloadableModelError(_why_untraceable(error, batch)) from error
    return LoadedModel(
        name=model.name,
        inputs=inputs,
        concrete=concrete,
        eager=lambda feed: call(*feed),
        variables=_variables(model),
        layers={path: type(layer).__name__ for path, layer in layers_by_path(model)},
        keras_model=model,
    )


def _why_unloadable(error: Exception) -> str:
    """Code of the model's author is never run; where that is the reason, Keras advises to trust it or to import it."""
    text = str(error)
    unknown = _UNKNOWN.search(text)
    if unknown is not None:
        return f"the file needs the {unknown[1]} {unknown[2]}, which Keras does not have: {_EXPORT}"
    if "safe_mode=False" in text:
        layer = "a Lambda layer" if "Lambda" in text else "code of its author"
        return f"the file holds {layer}, and such code is not run here: {_EXPORT}"
    return first_line(error)


def _why_untraceable(error: Exception, batch: int | None) -> str:
    """`batch`: how many rows the model was saved for, None where it takes any number."""
    if batch is None:
        return first_line(error)
    return f"the model takes batches of {batch} row{'s'[: batch != 1]} only: save it with the batch size left open"


def _input_structure(model: Any) -> Any:
    """The inputs as the model's call takes them, with the names that serving code uses as tensors' names."""
    struct = getattr(model, "_inputs_struct", None)
    if struct is None:
        functional = getattr(model, "_functional", None)
        struct = functional._inputs_struct if functional is not None else model.inputs
    if struct is None:
        raise UnloadableModelError("the model was saved without ever being built, so its inputs are unknown")
    if isinstance(struct, (list, tuple)) and len(struct) == 1:
        return struct[0]
    if isinstance(struct, dict):
        return {name: keras.KerasTensor(leaf.shape, leaf.dtype, name=name) for name, leaf in struct.items()}
    return struct


def _from_saved_model(loaded: Any) -> LoadedModel:
    signatures = getattr(loaded, "signatures", {})
    if not signatures:
        raise UnloadableModelError("the SavedModel has no serving signature")
    concrete = signatures.get("serving_default") or next(iter(signatures.values()))
    if not PYTHON_CALLS.isdisjoint(operation_types(concrete.graph).values()):
        raise UnloadableModelError(f"the model calls Python code that is not in the file: {_WITHOUT_PYTHON}")
    arguments = concrete.structured_input_signature[1]
    names = [tensor.name.split(":")[0] for tensor in concrete.graph.inputs]
    ordered = [name for name in names if name in arguments] or sorted(arguments)
    inputs = tuple(InputSpec(name, arguments[name].dtype.name, _shape(arguments[name].shape)) for name in ordered)
    variables = {variable.name.split(":")[0]: variable for variable in concrete.variables}
    return LoadedModel(
        name=_model_name(concrete, variables),
        inputs=inputs,
        concrete=concrete,
        eager=None,
        variables=variables,
        layers={},
    )


def _model_name(concrete: Any, variables: Mapping[str, Any]) -> str:
    """The scope under which Keras exports a model's operations; empty for code that is no Keras export.

    A scope is the model's if it is the only one, and scopes below it are named like the owners of weights.
    """
    scopes = [name.split("/") for name in operation_types(concrete.graph) if "/" in name]
    heads = {without_number(scope[0]) for scope in scopes}
    owners = {part for path in variables for part in path.split("/")[:-1]}
    below = {without_number(scope[1]) for scope in scopes if len(scope) > 2}
    return heads.pop() if len(heads) == 1 and below & owners else ""


def _shape(shape: Any) -> tuple[int | None, ...] | None:
    return None if shape.rank is None else tuple(shape.as_list())


def _named(outputs: Any) -> dict[str, Any]:
    """Outputs by the keys of a dict (`key/0` where one holds several), else by their places, as an export has them."""
    if isinstance(outputs, Mapping):
        return {name: one for key, value in outputs.items() for name, one in _leaves(key, value)}
    flat = tf.nest.flatten(outputs)
    return {"outputs": flat[0]} if len(flat) == 1 else {f"output_{i}": one for i, one in enumerate(flat)}


def _leaves(key: str, value: Any) -> list[tuple[str, Any]]:
    if not tf.nest.is_nested(value):
        return [(key, value)]
    return [(f"{key}/{i}", one) for i, one in enumerate(tf.nest.flatten(value))]


def _variables(model: Any) -> dict[str, Any]:
    """Weights by the path of the layer that owns them; what no layer owns (a seed), by its own path."""
    found: dict[str, Any] = {}
    taken: set[int] = set()
    for path, layer in layers_by_path(model):
        for variable in [*layer._trainable_variables, *layer._non_trainable_variables]:
            if id(variable) not in taken:  # a shared layer has its weights once
                taken.add(id(variable))
                found[f"{path}/{variable.name}"] = variable.value
    for variable in model.variables:
        if id(variable) not in taken:
            found.setdefault(str(variable.path), variable.value)
    return found


def layers_by_path(model: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """All layers of a model, nested ones with the path of those they are in."""
    found = []
    for layer in getattr(model, "layers", None) or model._flatten_layers(include_self=False, recursive=False):
        path = f"{prefix}{layer.name}"
        found.append((path, layer))
        if next(iter(layer._flatten_layers(include_self=False, recursive=False)), None) is not None:
            found += layers_by_path(layer, f"{path}/")
    return found
