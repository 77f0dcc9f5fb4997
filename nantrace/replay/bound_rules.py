"""The rules of interval arithmetic, one per kind of TensorFlow operation, on float64 arrays of a tensor's shape.

Rounding is not accounted for: the bounds serve messages, not proofs.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.replay.interpreter import Interpreter, Value
from nantrace.replay.program import Program, Step

Array = NDArray[Any]
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Bounds:
    """`top_of` is the tensor whose maximum this is; `peak` a value that some element along the last axis attains."""

    low: Array
    high: Array
    top_of: Any = None
    peak: float | None = None


Rule = Callable[[Step, Sequence[Value], Sequence[Any]], list[Bounds | None]]


def bounds_after(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Bounds of the outputs of an operation of which at least one input is bounded rather than known."""
    rule = RULES.get(step.kind, _anything)
    tensors = (*(value.tensor for value in inputs), *outputs)
    if step.kind not in SHAPES and any(tensor.dtype == tf.variant for tensor in tensors):
        rule = _of_lists
    with np.errstate(all="ignore"):
        return rule(step, inputs, outputs)


def exact(tensor: Any) -> Bounds:
    """A tensor whose values are known."""
    if tensor.dtype in (tf.resource, tf.variant, tf.string):
        return Bounds(np.zeros(0), np.zeros(0))
    array = np.asarray(tensor.numpy()).astype(np.float64)
    return Bounds(array, array)


def _of(value: Value) -> Bounds:
    return value.mark if value.mark is not None else exact(value.tensor)


def _anything(_step: Step, _inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    return [_between(tensor, -INFINITE, INFINITE) for tensor in outputs]


def _between(tensor: Any, low: float, high: float) -> Bounds:
    shape = tuple(tensor.shape)
    if tensor.dtype == tf.bool:
        low, high = 0.0, 1.0
    return Bounds(np.full(shape, low), np.full(shape, high))


def _fixed(low: float, high: float) -> Rule:
    return lambda _step, _inputs, outputs: [_between(tensor, low, high) for tensor in outputs]


def _of_lists(_step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """A list of tensors is bounded as a whole; its slots start as zeros."""
    known = [_of(value) for value in inputs if value.mark is not None]
    low = min((float(one.low.min()) for one in known if one.low.size), default=0.0)
    high = max((float(one.high.max()) for one in known if one.high.size), default=0.0)
    return [
        Bounds(np.array(min(low, 0.0)), np.array(max(high, 0.0)))
        if tensor.dtype == tf.variant
        else _between(tensor, min(low, 0.0), max(high, 0.0))
        for tensor in outputs
    ]


def _kernel(step: Step, tensors: Sequence[Any]) -> list[Array]:
    """One operation, run as the model runs it; answers in float64."""
    count = len(tensors)
    slots = tuple(range(count + len(step.outputs)))
    alone = replace(step, inputs=slots[:count], outputs=slots[count:], frees=())
    program = Program((alone,), slots[:count], slots[count:], len(slots))
    results = Interpreter().run(program, [Value(tensor) for tensor in tensors])
    return [np.asarray(value.tensor.numpy()).astype(np.float64) for value in results]


def _as(array: Array, like: Any) -> Any:
    if not like.dtype.is_floating:
        limits = np.iinfo(like.dtype.as_numpy_dtype) if like.dtype.is_integer else np.iinfo(np.int8)
        array = np.clip(np.nan_to_num(array), limits.min, limits.max)
    return tf.constant(array.astype(like.dtype.as_numpy_dtype), like.dtype)


def _monotone(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Operations that never answer less when an input grows: the kernel itself, on both bounds."""
    if any(v.mark and not (v.tensor.dtype.is_floating or _is_known(v.mark)) for v in inputs):
        return _anything(step, inputs, outputs)
    lows = _kernel(step, [_as(v.mark.low, v.tensor) if v.mark else v.tensor for v in inputs])
    highs = _kernel(step, [_as(v.mark.high, v.tensor) if v.mark else v.tensor for v in inputs])
    top_of = next((v.mark.top_of for v in inputs if v.mark and v.mark.top_of is not None), None)
    return [_ordered(low, high, top_of) for low, high in zip(lows, highs, strict=True)]


def _is_known(bounds: Bounds) -> bool:
    return bool(np.isfinite(bounds.low).all() and np.isfinite(bounds.high).all())


def _ordered(low: Array, high: Array, top_of: Any = None) -> Bounds:
    return Bounds(np.where(np.isnan(low), -INFINITE, low), np.where(np.isnan(high), INFINITE, high), top_of)


def _binary(combine: Callable[[Bounds, Bounds], Bounds]) -> Rule:
    def rule(_step: Step, inputs: Sequence[Value], _outputs: Sequence[Any]) -> list[Bounds | None]:
        return [combine(_of(inputs[0]), _of(inputs[1]))]

    return rule


def _unary(change: Callable[[Bounds], Bounds]) -> Rule:
    return lambda _step, inputs, _outputs: [change(_of(inputs[0]))]


def _difference(one: Bounds, other: Bounds) -> Bounds:
    return _ordered(one.low - other.high, one.high - other.low)


def _subtraction(_step: Step, inputs: Sequence[Value], _outputs: Sequence[Any]) -> list[Bounds | None]:
    """x - max(x) is never positive, and 0 somewhere: how hand-written code keeps a softmax stable."""
    one, other = _of(inputs[0]), _of(inputs[1])
    found = _difference(one, other)
    if other.top_of is not None and other.top_of is inputs[0].tensor:
        return [Bounds(np.minimum(found.low, 0), np.minimum(found.high, 0), peak=0.0)]
    return [found]


def _product(one: Bounds, other: Bounds) -> Bounds:
    ends = [np.nan_to_num(a * b, nan=0.0, posinf=INFINITE, neginf=-INFINITE) for a, b in _ends(one, other)]
    return Bounds(np.minimum.reduce(ends), np.maximum.reduce(ends))


def _ends(one: Bounds, other: Bounds) -> list[tuple[Array, Array]]:
    return list(itertools.product((one.low, one.high), (other.low, other.high)))


def _multiplication(_step: Step, inputs: Sequence[Value], _outputs: Sequence[Any]) -> list[Bounds | None]:
    if inputs[0].tensor is inputs[1].tensor:
        return [_square(_of(inputs[0]))]
    return [_product(_of(inputs[0]), _of(inputs[1]))]


def _square(one: Bounds) -> Bounds:
    magnitude = _absolute(one)
    return Bounds(magnitude.low**2, magnitude.high**2)


def _absolute(one: Bounds) -> Bounds:
    low, high = np.abs(one.low), np.abs(one.high)
    through_zero = (one.low <= 0) & (one.high >= 0)
    return Bounds(np.where(through_zero, 0.0, np.minimum(low, high)), np.maximum(low, high))


def _reciprocal(one: Bounds) -> Bounds:
    through_zero = (one.low <= 0) & (one.high >= 0)
    low, high = np.where(through_zero, -INFINITE, 1 / one.high), np.where(through_zero, INFINITE, 1 / one.low)
    return Bounds(np.where(one.low == 0, 1 / one.high, low), high)


def _inverse_root(one: Bounds) -> Bounds:
    return Bounds(1 / np.sqrt(np.maximum(one.high, 0)), 1 / np.sqrt(np.maximum(one.low, 0)))


def _quotient(one: Bounds, other: Bounds) -> Bounds:
    return _product(one, _reciprocal(other))


def _power(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    base, exponent = _of(inputs[0]), _of(inputs[1])
    if inputs[1].mark is not None or np.unique(exponent.low).size != 1:
        return _anything(step, inputs, outputs)
    power = float(exponent.low.flat[0])
    if power % 2 == 0:
        base = _absolute(base)
    elif power % 1 or power < 0:
        base = Bounds(np.maximum(base.low, 0), np.maximum(base.high, 0))
    ends = (base.low**power, base.high**power)
    return [_ordered(np.minimum(*ends), np.maximum(*ends))]


def _exponential(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    (found,) = _monotone(step, inputs, outputs)
    peak = inputs[0].mark.peak if inputs[0].mark else None
    return [None if found is None else replace(found, peak=1.0 if peak == 0 else None)]


def _sum(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Not less than the one element that is known to be there, where none is negative."""
    (found,) = _monotone(step, inputs, outputs)
    before = inputs[0].mark
    if found is None or before is None or before.peak is None or (before.low < 0).any():
        return [found]
    return [Bounds(np.maximum(found.low, before.peak), found.high)]


def _maximum_of(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    (found,) = _monotone(step, inputs, outputs)
    return [None if found is None else replace(found, top_of=inputs[0].tensor)]


def _linear(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Products of two tensors: exact in one of them by centre and radius, in none by magnitudes."""
    one, other = inputs
    if not all(_is_known(value.mark) for value in inputs if value.mark is not None):
        return _anything(step, inputs, outputs)
    if one.mark is not None and other.mark is not None:
        magnitudes = [_as(_absolute(value.mark).high, value.tensor) for value in inputs]
        radius = _kernel(step, magnitudes)[0]
        return [_ordered(-radius, radius)]
    wide = one if one.mark is not None else other
    centre, radius = wide.mark.low / 2 + wide.mark.high / 2, wide.mark.high / 2 - wide.mark.low / 2
    middle = _kernel(step, [_as(centre, v.tensor) if v is wide else v.tensor for v in inputs])[0]
    around = _kernel(step, [_as(radius, v.tensor) if v is wide else tf.abs(v.tensor) for v in inputs])[0]
    return [_ordered(middle - around, middle + around)]


def _batch_norm(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    if any(value.mark is not None for value in inputs[1:]):
        return _anything(step, inputs, outputs)
    rest = [value.tensor for value in inputs[1:]]
    x = inputs[0]
    ends = [_kernel(step, [_as(end, x.tensor), *rest])[0] for end in (x.mark.low, x.mark.high)]
    return [_ordered(np.minimum(*ends), np.maximum(*ends)), *(None for _ in outputs[1:])]


def _selection(_step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    one, other = _of(inputs[1]), _of(inputs[2])
    shape = tuple(outputs[0].shape)
    low, high = np.minimum(one.low, other.low), np.maximum(one.high, other.high)
    top_of = one.top_of if one.top_of is not None else other.top_of
    return [Bounds(np.broadcast_to(low, shape), np.broadcast_to(high, shape), top_of)]


def _gather(step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Any row of a table where the index is not known."""
    if inputs[1].mark is None:
        return _monotone(step, inputs, outputs)
    table = inputs[0].tensor
    if table.dtype == tf.resource:
        table = tf.raw_ops.ReadVariableOp(resource=table, dtype=outputs[0].dtype)
    elif inputs[0].mark is not None or (len(inputs) > 2 and int(inputs[2].tensor.numpy()) != 0):
        return _anything(step, inputs, outputs)
    rows = table.numpy().astype(np.float64)
    shape = tuple(outputs[0].shape)
    return [Bounds(np.broadcast_to(rows.min(axis=0), shape), np.broadcast_to(rows.max(axis=0), shape))]


def _cast(_step: Step, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    found = _of(inputs[0])
    return [_between(outputs[0], 0, 1) if outputs[0].dtype == tf.bool else replace(found, top_of=None)]


MONOTONE = {
    *("Reshape", "Transpose", "StridedSlice", "Slice", "ConcatV2", "Concat", "Pack", "Unpack", "Split", "SplitV"),
    *("Squeeze", "ExpandDims", "Tile", "Pad", "PadV2", "MirrorPad", "BroadcastTo", "Identity", "IdentityN"),
    *("StopGradient", "PreventGradient", "Snapshot", "ReverseV2", "SpaceToBatchND", "BatchToSpaceND", "GatherNd"),
    *("DepthToSpace", "SpaceToDepth", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign"),
    *("Sigmoid", "Tanh", "Log", "Log1p", "Sqrt", "Sinh", "Asinh", "Atan", "Erf", "Expm1", "MaxPool", "AvgPool"),
    *("MaxPool3D", "AvgPool3D", "Min", "Mean", "Maximum", "Minimum", "AddV2", "Add", "AddN", "BiasAdd", "Cumsum"),
    *("Floor", "Ceil", "Round", "Rint", "Sign", "ClipByValue", "ResizeBilinear", "ResizeNearestNeighbor"),
}
LINEAR = {
    *("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2D", "Conv3D", "DepthwiseConv2dNative"),
}
SHAPES = {"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike", "TensorListLength"}
RULES: Mapping[str, Rule] = {
    **dict.fromkeys(SHAPES, lambda _step, _inputs, outputs: [None for _ in outputs]),
    **dict.fromkeys(MONOTONE, _monotone),
    **dict.fromkeys(LINEAR, _linear),
    **dict.fromkeys(("Cos", "Sin"), _fixed(-1.0, 1.0)),
    **dict.fromkeys(("Select", "SelectV2"), _selection),
    **dict.fromkeys(("GatherV2", "ResourceGather"), _gather),
    **dict.fromkeys(("Reciprocal", "Inv"), _unary(_reciprocal)),
    **dict.fromkeys(("RealDiv", "Div"), _binary(_quotient)),
    "Einsum": lambda step, inputs, outputs: (_linear if len(inputs) == 2 else _anything)(step, inputs, outputs),
    "FusedBatchNormV3": _batch_norm,
    "Softmax": _fixed(0.0, 1.0),
    "LogSoftmax": _fixed(-INFINITE, 0.0),
    "OneHot": _fixed(0.0, 1.0),
    "Neg": _unary(lambda one: Bounds(-one.high, -one.low)),
    "Abs": _unary(_absolute),
    "Square": _unary(_square),
    "SquaredDifference": _binary(lambda one, other: _square(_difference(one, other))),
    "Rsqrt": _unary(_inverse_root),
    "Sub": _subtraction,
    "Mul": _multiplication,
    "Pow": _power,
    "Exp": _exponential,
    "Sum": _sum,
    "Max": _maximum_of,
    "Cast": _cast,
}
