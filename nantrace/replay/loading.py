"""Loads an artifact and hides which format it came in. Runs in the locked child only."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

from nantrace.replay.keras_versions import UnloadableModelError, keras_model, legacy_keras, own_variables, version_of
from nantrace.replay.model_inputs import InputSpec
from nantrace.replay.places import Names, without_number
from nantrace.replay.program import GraphProgram, operation_types, prepare
from nantrace.replay.running import first_line
from nantrace.replay.saved_file import SavedFile, saved_file

PYTHON_CALLS = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})
_WITHOUT_PYTHON = "Export it without tf.py_function and tf.numpy_function"
_STRUCTURES = ("_inputs_struct", "_nested_inputs")  # in Keras 3, in Keras 2


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
    exported: Any = None  # the SavedModel, whose functions refer to its variables weakly
    keras_version: str = keras.__version__  # of the Keras that runs it

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


def load(path: Path, signature: str = "") -> LoadedModel:
    """A `.keras` or `.h5` file or a SavedModel directory; raises UnloadableModelError.

    `signature`: one of a SavedModel's own, "" for the one that it serves by default.
    """
    if signature and not path.is_dir():
        raise UnloadableModelError(f"only a SavedModel has the signature {signature!r}: register the model as one")
    try:
        file = saved_file(path)
    except (OSError, ValueError, KeyError, RecursionError, DecodeError) as error:
        raise UnloadableModelError(first_line(error)) from error
    if path.is_dir():
        return _from_saved_model(_saved_model(path, file), signature)
    return from_keras(keras_model(path, file))


def _saved_model(path: Path, file: SavedFile) -> Any:
    if file.optimizer_slots:
        legacy_keras()  # its import registers the optimizers whose slots TensorFlow fills while it loads
    try:
        return tf.saved_model.load(str(path))
    except Exception as error:  # a file from outside can make TensorFlow raise anything
        raise UnloadableModelError(first_line(error)) from error


def from_keras(model: Any) -> LoadedModel:
    """Wraps a Keras model; its call is traced once with the batch size left open."""
    struct = _input_structure(model)
    inputs = tuple(
        InputSpec(name, tf.as_dtype(leaf.dtype).name, tuple(leaf.shape), _mask_value(model, leaf))
        for name, leaf in _named_leaves(struct)
    )

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
        keras_version=version_of(model),
    )


def _why_untraceable(error: Exception, batch: int | None) -> str:
    """`batch`: how many rows the model was saved for, None where it takes any number."""
    if batch is None:
        return first_line(error)
    return f"the model takes batches of {batch} row{'s'[: batch != 1]} only: save it with the batch size left open"


def _input_structure(model: Any) -> Any:
    """The inputs as the model's call takes them."""
    struct = next((found for name in _STRUCTURES if (found := getattr(model, name, None)) is not None), None)
    if struct is None:
        functional = getattr(model, "_functional", None)
        struct = functional._inputs_struct if functional is not None else model.inputs
    if struct is None:
        raise UnloadableModelError("the model was saved without ever being built, so its inputs are unknown")
    return struct[0] if isinstance(struct, (list, tuple)) and len(struct) == 1 else struct


def _named_leaves(struct: Any) -> list[tuple[str, Any]]:
    """Inputs in TensorFlow's order with the names that serving code gives to tensors: the keys of a dict."""
    leaves = tf.nest.flatten(struct)
    if isinstance(struct, dict) and len(leaves) == len(struct):
        return list(zip(sorted(struct), leaves, strict=True))
    return [(leaf.name, leaf) for leaf in leaves]


def _mask_value(model: Any, leaf: Any) -> float | None:
    """What the Masking layer that reads an input as it is sent skips; None without one, and where that is no number."""
    for _, layer in layers_by_path(model):
        nodes = getattr(layer, "_inbound_nodes", ()) if type(layer).__name__ == "Masking" else ()
        if any(read is leaf for node in nodes for read in tf.nest.flatten(node.input_tensors)):
            value = float(layer.mask_value)
            return value if np.isfinite(value) else None
    return None


def _from_saved_model(loaded: Any, signature: str) -> LoadedModel:
    signatures = getattr(loaded, "signatures", {})
    if not signatures:
        raise UnloadableModelError("the SavedModel has no serving signature")
    if signature and signature not in signatures:
        raise UnloadableModelError(f"the SavedModel has no signature {signature!r}; it has {', '.join(signatures)}")
    concrete = signatures.get(signature or "serving_default") or next(iter(signatures.values()))
    if not PYTHON_CALLS.isdisjoint(operation_types(concrete.graph).values()):
        raise UnloadableModelError("the model calls Python code that is not in the file", _WITHOUT_PYTHON)
    arguments = concrete.structured_input_signature[1]
    names = [tensor.name.split(":")[0] for tensor in concrete.graph.inputs]
    ordered = [name for name in names if name in arguments] or sorted(arguments)
    inputs = tuple(InputSpec(name, arguments[name].dtype.name, _shape(arguments[name].shape)) for name in ordered)
    variables = _variables_by_name(concrete)
    return LoadedModel(
        name=_model_name(concrete, variables),
        inputs=inputs,
        concrete=concrete,
        eager=None,
        variables=variables,
        layers={},
        exported=loaded,
    )


def _variables_by_name(concrete: Any) -> dict[str, Any]:
    """Variables that have one name, as those without a name do, are numbered from the second on."""
    found: dict[str, Any] = {}
    counts = Counter[str]()
    for variable in concrete.variables:
        name = variable.name.split(":")[0]
        found[f"{name}_again_{counts[name]}" if counts[name] else name] = variable
        counts[name] += 1
    return found


def _model_name(concrete: Any, variables: Mapping[str, Any]) -> str:
    """The scope under which Keras exports a model's operations; empty for code that is no Keras export.

    A scope is the model's if it is the only one, and scopes below it are named like the owners of weights. In a model
    without weights all operations are in it: `Sum/reduction_indices` is a part of `Sum`, and `SequenceMask/Less` of a
    function whose other operations are in no scope.
    """
    operations = operation_types(concrete.graph)
    scopes = [name.split("/") for name in operations if "/" in name]
    heads = {scope[0] for scope in scopes}
    names = {without_number(head) for head in heads}
    owners = {part for path in variables for part in path.split("/")[:-1]}
    below = {without_number(scope[1]) for scope in scopes if len(scope) > 2}
    is_models = below & owners if variables else len(scopes) == len(operations)
    return names.pop() if len(names) == 1 and is_models else ""


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
        for variable in own_variables(layer):
            if id(variable) not in taken:  # a shared layer has its weights once
                taken.add(id(variable))
                found[f"{path}/{_own_name(variable.name)}"] = _tensorflow_variable(variable)
    for variable in model.variables:
        if id(variable) not in taken:
            found.setdefault(str(getattr(variable, "path", variable.name)), _tensorflow_variable(variable))
    return found


def _own_name(name: str) -> str:
    """`kernel` of `dense/kernel:0`, as Keras 2 has it."""
    return name.rsplit("/", 1)[-1].split(":", maxsplit=1)[0]


def _tensorflow_variable(variable: Any) -> Any:
    """Keras 2 has TensorFlow's own, Keras 3 has one inside each of its own."""
    return variable if isinstance(variable, tf.Variable) else variable.value


def layers_by_path(model: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """All layers of a model, nested ones with the path of those they are in."""
    found = []
    for layer in getattr(model, "layers", None) or model._flatten_layers(include_self=False, recursive=False):
        path = f"{prefix}{layer.name}"
        found.append((path, layer))
        if next(iter(layer._flatten_layers(include_self=False, recursive=False)), None) is not None:
            found += layers_by_path(layer, f"{path}/")
    return found
