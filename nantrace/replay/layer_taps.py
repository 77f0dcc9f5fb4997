"""A layer tap: one compiled forward pass that also answers, per row and layer, the largest magnitude.

The model's function graph is copied and one reduction is added per layer. The reduction works on the bits: with the
sign bit off, the patterns of IEEE 754 numbers order like integers, finite below infinity below NaN, so that one
integer maximum shows the magnitude, infinity and NaN at once, whatever a float maximum does with NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.eager import context
from tensorflow.python.eager.polymorphic_function import concrete_function
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

from nantrace.operations import Effect, Family, IntervalRule, operation
from nantrace.replay.loading import LoadedModel
from nantrace.replay.places import Names
from nantrace.replay.program import CALLS, uses_low_precision

Array = NDArray[Any]
BITS: dict[Any, tuple[Any, int]] = {
    tf.float16: (tf.int16, 0x7FFF),
    tf.bfloat16: (tf.int16, 0x7FFF),
    tf.float32: (tf.int32, 0x7FFFFFFF),
    tf.float64: (tf.int64, 0x7FFFFFFFFFFFFFFF),
}
BARE_OPERATIONS = 64  # so many operations outside of layers are all looked at
PASSIVE = (Family.PLUMBING, Family.WEIGHT)


@dataclass(frozen=True)
class TapPoint:
    """Where the tap looks: the output of the last operation of a layer, or of a risky one."""

    layer: str
    operation: str
    dtype: str


@dataclass(frozen=True)
class Tapped:
    """Outputs by name, and magnitudes of shape (rows, points): NaN or infinity where a value was bad."""

    outputs: dict[str, Any]
    magnitudes: NDArray[np.float64]


class Tap:
    """A tapped copy of one model's function.

    `strip`: behind every layer and risky operation, to show where a row goes wrong and how much room is left. Without
    it: only where a bad value could be lost, which is all that is needed to know that none was.
    """

    def __init__(self, model: LoadedModel, names: Names, *, strip: bool) -> None:
        self._model = model
        self._graph, self._arguments, self._results = _inlined(model.concrete)
        tensors = _points(self._graph, names) if strip else _losable(self._graph, model)
        self.points = [
            TapPoint(names.layer_of_operation(t.op.name) or model.name, t.op.type, t.dtype.name) for t in tensors
        ]
        self._dtypes = [tensor.dtype for tensor in tensors]
        with self._graph.as_default():
            self._graph.outputs.extend(_magnitude_bits(tensor) for tensor in tensors)

    @cached_property
    def _function(self) -> Any:
        return concrete_function.ConcreteFunction.from_func_graph(self._graph, None, {})

    def forward(self, feed: Sequence[Any]) -> Tapped:
        """One forward pass of all rows; `feed` in the order of the model's inputs."""
        rows = int(feed[0].shape[0])
        flat = self._flat(feed)
        answers = self._function._call_flat([flat[i] for i in self._arguments], [])
        count = len(answers) - len(self._dtypes)
        outputs = {name: answers[i] for name, i in zip(self._model.output_names, self._results, strict=True)}
        taps = [
            _magnitudes(tensor.numpy(), dtype, rows)
            for tensor, dtype in zip(answers[count:], self._dtypes, strict=True)
        ]
        return Tapped(outputs, np.stack(taps, axis=1) if taps else np.zeros((rows, 0)))

    def _flat(self, feed: Sequence[Any]) -> list[Any]:
        """All arguments of the concrete function: inputs in the graph's order, then its captures."""
        concrete = self._model.concrete
        by_name = {spec.name: tensor for spec, tensor in zip(self._model.inputs, feed, strict=True)}
        count = len(concrete.graph.inputs) - len(concrete.captured_inputs)
        names = [tensor.name.split(":")[0] for tensor in concrete.graph.inputs[:count]]
        given = [by_name[name] for name in names] if set(names) == set(by_name) else list(feed)
        return [*given, *concrete.captured_inputs]


def _inlined(concrete: Any) -> tuple[Any, list[int], list[int]]:
    """A copy of the function's graph; a mere wrapper around one call (a SavedModel's signature) is looked through.

    Returns the graph, for each of its inputs the position among the outer arguments, and for each outer output the
    position among the graph's outputs.
    """
    graph = function_def_to_graph(concrete.function_def)
    arguments, results = list(range(len(graph.inputs))), list(range(len(graph.outputs)))
    while (call := _only_call(graph)) is not None:
        positions = {id(tensor): i for i, tensor in enumerate(graph.inputs)}
        ends = {id(tensor): i for i, tensor in enumerate(call.outputs)}
        sources = [_unwrapped(graph.outputs[i]) for i in results]
        if not all(id(t) in positions for t in call.inputs) or not all(id(t) in ends for t in sources):
            break
        arguments = [arguments[positions[id(tensor)]] for tensor in call.inputs]
        results = [ends[id(tensor)] for tensor in sources]
        graph = function_def_to_graph(context.context().get_function_def(call.get_attr("f").name))
    return graph, arguments, results


def _only_call(graph: Any) -> Any:
    active = [op for op in graph.get_operations() if op.type not in ("Placeholder", "NoOp", "Identity")]
    return active[0] if len(active) == 1 and active[0].type in CALLS else None


def _unwrapped(tensor: Any) -> Any:
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


def _points(graph: Any, names: Names) -> list[Any]:
    """The last floating output of every layer, every risky operation, and what stands outside of layers."""
    last: dict[str, Any] = {}
    risky, bare = [], []
    for op in graph.get_operations():
        row = operation(op.type)
        if (row and row.family in PASSIVE) or not op.outputs or op.outputs[0].dtype not in BITS:
            continue
        if op.outputs[0].shape.rank == 0:
            continue
        if row and row.is_risky:
            risky.append(op.outputs[0])
        layer = names.layer_of_operation(op.name) or ""
        if layer in ("", names.model):
            bare.append(op.outputs[0])
        last[layer] = op.outputs[0]
    chosen = {id(tensor): tensor for tensor in [*last.values(), *risky, *bare[:BARE_OPERATIONS]]}
    order = {op.name: i for i, op in enumerate(graph.get_operations())}
    return sorted(chosen.values(), key=lambda tensor: order[tensor.op.name])


def _losable(graph: Any, model: LoadedModel) -> list[Any]:
    """What operations take in that could turn a bad value into a wrong finite one."""
    low = uses_low_precision(graph)
    moving = {tensor.name for tensor in graph.inputs if tensor.dtype != tf.resource}
    inputs = {spec.name for spec in model.inputs}
    found: dict[str, Any] = {}
    for op in graph.get_operations():
        if not any(tensor.name in moving for tensor in op.inputs):
            continue
        moving |= {tensor.name for tensor in op.outputs}
        if _is_transparent(op, low):
            continue
        for tensor in op.inputs:
            given = tensor.op.type == "Placeholder" or tensor.op.name in inputs
            if tensor.dtype in BITS and tensor.name in moving and not given and tensor.shape.rank != 0:
                found[tensor.name] = tensor
    return list(found.values())


def _is_transparent(op: Any, low: bool) -> bool:
    """Whether, with unfused kernels, no wrong finite number comes of a bad one.

    The limit to which an infinity saturates is in float32 that which float64 reaches as well, unless something between
    (a logarithm, a root, a quotient: not transparent) has made a small number of the large one.
    """
    row = operation(op.type)
    if row is None or (op.type == "Cast" and op.outputs[0].dtype.is_integer):
        return False
    saturates = row.effect is Effect.SATURATES and not low
    return saturates or row.effect is Effect.PROPAGATES or row.rule is IntervalRule.KNOWN


def _magnitude_bits(tensor: Any) -> Any:
    """The largest magnitude per entry of the first axis, as a bit pattern of the tensor's width."""
    integers, mask = BITS[tensor.dtype]
    bits = tf.bitwise.bitwise_and(tf.bitcast(tensor, integers), tf.constant(mask, integers))
    first = tf.concat([tf.shape(tensor), [1]], axis=0)[0]
    return tf.reduce_max(tf.reshape(bits, [first, -1]), axis=1)


def _magnitudes(bits: Array, dtype: Any, rows: int) -> NDArray[np.float64]:
    """Magnitudes per row; a tensor without the batch as its first axis counts for every row."""
    with np.errstate(invalid="ignore"):
        numbers = bits.view(dtype.as_numpy_dtype).astype(np.float64)
    if len(numbers) == rows:
        return np.asarray(numbers)
    if not len(numbers):
        return np.zeros(rows)
    return np.full(rows, np.nan if np.isnan(numbers).any() else numbers.max())
