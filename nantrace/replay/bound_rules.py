"""How bounds pass through operations: a function for each rule that the table of operations names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import IntervalRule, operation
from nantrace.replay.bound_arithmetic import (
    INFINITE,
    Bounds,
    absolute,
    bounds_of,
    difference,
    inverse_root,
    is_bounded,
    ordered,
    product,
    quotient,
    reciprocal,
    square,
)
from nantrace.replay.interpreter import Interpreter, Value
from nantrace.replay.program import GraphProgram, GraphStep

Array = NDArray[Any]


Rule = Callable[[GraphStep, Sequence[Value], Sequence[Any]], list[Bounds | None]]


def bounds_after(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Bounds of the outputs of an operation of which at least one input is bounded rather than known."""
    row = operation(step.kind)
    name = IntervalRule.ANYTHING if row is None else row.rule
    rule = RULES[name]
    tensors = (*(value.tensor for value in inputs), *outputs)
    if name is not IntervalRule.KNOWN and any(tensor.dtype == tf.variant for tensor in tensors):
        rule = _of_lists
    with np.errstate(all="ignore"):
        return rule(step, inputs, outputs)


def _anything(_step: GraphStep, _inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    return [_between(tensor, -INFINITE, INFINITE) for tensor in outputs]


def _between(tensor: Any, low: float, high: float) -> Bounds:
    shape = tuple(tensor.shape)
    if tensor.dtype == tf.bool:
        low, high = 0.0, 1.0
    return Bounds(np.full(shape, low), np.full(shape, high))


def _fixed(low: float, high: float) -> Rule:
    return lambda _step, _inputs, outputs: [_between(tensor, low, high) for tensor in outputs]


def _of_lists(_step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """A list of tensors is bounded as a whole; its slots start as zeros."""
    known = [bounds_of(value) for value in inputs if value.mark is not None]
    low = min((float(one.low.min()) for one in known if one.low.size), default=0.0)
    high = max((float(one.high.max()) for one in known if one.high.size), default=0.0)
    return [
        Bounds(np.array(min(low, 0.0)), np.array(max(high, 0.0)))
        if tensor.dtype == tf.variant
        else _between(tensor, min(low, 0.0), max(high, 0.0))
        for tensor in outputs
    ]


def _kernel(step: GraphStep, tensors: Sequence[Any]) -> list[Array]:
    """One operation, run as the model runs it; answers in float64."""
    count = len(tensors)
    slots = tuple(range(count + len(step.outputs)))
    alone = replace(step, inputs=slots[:count], outputs=slots[count:], frees=())
    program = GraphProgram((alone,), slots[:count], slots[count:], len(slots))
    results = Interpreter().run(program, [Value(tensor) for tensor in tensors])
    return [np.asarray(value.tensor.numpy()).astype(np.float64) for value in results]


def _as(array: Array, like: Any) -> Any:
    if not like.dtype.is_floating:
        limits = np.iinfo(like.dtype.as_numpy_dtype) if like.dtype.is_integer else np.iinfo(np.int8)
        array = np.clip(np.nan_to_num(array), limits.min, limits.max)
    return tf.constant(array.astype(like.dtype.as_numpy_dtype), like.dtype)


def _monotone(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Operations that never answer less when an input grows: the kernel itself, on both bounds."""
    if any(v.mark and not (v.tensor.dtype.is_floating or is_bounded(v.mark)) for v in inputs):
        return _anything(step, inputs, outputs)
    lows = _kernel(step, [_as(v.mark.low, v.tensor) if v.mark else v.tensor for v in inputs])
    highs = _kernel(step, [_as(v.mark.high, v.tensor) if v.mark else v.tensor for v in inputs])
    top_of = next((v.mark.top_of for v in inputs if v.mark and v.mark.top_of is not None), None)
    return [ordered(low, high, top_of) for low, high in zip(lows, highs, strict=True)]


def _binary(combine: Callable[[Bounds, Bounds], Bounds]) -> Rule:
    def rule(_step: GraphStep, inputs: Sequence[Value], _outputs: Sequence[Any]) -> list[Bounds | None]:
        return [combine(bounds_of(inputs[0]), bounds_of(inputs[1]))]

    return rule


def _unary(change: Callable[[Bounds], Bounds]) -> Rule:
    return lambda _step, inputs, _outputs: [change(bounds_of(inputs[0]))]


def _subtraction(_step: GraphStep, inputs: Sequence[Value], _outputs: Sequence[Any]) -> list[Bounds | None]:
    """x - max(x) is never positive, and 0 somewhere: how hand-written code keeps a softmax stable."""
    one, other = bounds_of(inputs[0]), bounds_of(inputs[1])
    found = difference(one, other)
    if other.top_of is not None and other.top_of is inputs[0].tensor:
        return [Bounds(np.minimum(found.low, 0), np.minimum(found.high, 0), peak=0.0)]
    return [found]


def _multiplication(_step: GraphStep, inputs: Sequence[Value], _outputs: Sequence[Any]) -> list[Bounds | None]:
    if inputs[0].tensor is inputs[1].tensor:
        return [square(bounds_of(inputs[0]))]
    return [product(bounds_of(inputs[0]), bounds_of(inputs[1]))]


def _power(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    base, exponent = bounds_of(inputs[0]), bounds_of(inputs[1])
    if inputs[1].mark is not None or np.unique(exponent.low).size != 1:
        return _anything(step, inputs, outputs)
    power = float(exponent.low.flat[0])
    if power % 2 == 0:
        base = absolute(base)
    elif power % 1 or power < 0:
        base = Bounds(np.maximum(base.low, 0), np.maximum(base.high, 0))
    ends = (base.low**power, base.high**power)
    return [ordered(np.minimum(*ends), np.maximum(*ends))]


def _exponential(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    (found,) = _monotone(step, inputs, outputs)
    peak = inputs[0].mark.peak if inputs[0].mark else None
    return [None if found is None else replace(found, peak=1.0 if peak == 0 else None)]


def _sum(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Not less than the one element that is known to be there, where none is negative."""
    (found,) = _monotone(step, inputs, outputs)
    before = inputs[0].mark
    if found is None or before is None or before.peak is None or (before.low < 0).any():
        return [found]
    return [Bounds(np.maximum(found.low, before.peak), found.high)]


def _maximum_of(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    (found,) = _monotone(step, inputs, outputs)
    return [None if found is None else replace(found, top_of=inputs[0].tensor)]


def _products(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Products of two tensors: exact in one of them by centre and radius, in none by magnitudes."""
    one, other = inputs
    if not all(is_bounded(value.mark) for value in inputs if value.mark is not None):
        return _anything(step, inputs, outputs)
    if one.mark is not None and other.mark is not None:
        magnitudes = [_as(absolute(value.mark).high, value.tensor) for value in inputs]
        radius = _kernel(step, magnitudes)[0]
        return [ordered(-radius, radius)]
    wide = one if one.mark is not None else other
    centre, radius = wide.mark.low / 2 + wide.mark.high / 2, wide.mark.high / 2 - wide.mark.low / 2
    middle = _kernel(step, [_as(centre, v.tensor) if v is wide else v.tensor for v in inputs])[0]
    around = _kernel(step, [_as(radius, v.tensor) if v is wide else tf.abs(v.tensor) for v in inputs])[0]
    return [ordered(middle - around, middle + around)]


def _batch_norm(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    if any(value.mark is not None for value in inputs[1:]):
        return _anything(step, inputs, outputs)
    rest = [value.tensor for value in inputs[1:]]
    x = inputs[0]
    ends = [_kernel(step, [_as(end, x.tensor), *rest])[0] for end in (x.mark.low, x.mark.high)]
    return [ordered(np.minimum(*ends), np.maximum(*ends)), *(None for _ in outputs[1:])]


def _selection(_step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    one, other = bounds_of(inputs[1]), bounds_of(inputs[2])
    shape = tuple(outputs[0].shape)
    low, high = np.minimum(one.low, other.low), np.maximum(one.high, other.high)
    top_of = one.top_of if one.top_of is not None else other.top_of
    return [Bounds(np.broadcast_to(low, shape), np.broadcast_to(high, shape), top_of)]


def _gather(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
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


def _cast(_step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    found = bounds_of(inputs[0])
    return [_between(outputs[0], 0, 1) if outputs[0].dtype == tf.bool else replace(found, top_of=None)]


def _einsum(step: GraphStep, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    return (_products if len(inputs) == 2 else _anything)(step, inputs, outputs)


def _nothing_new(_step: GraphStep, _inputs: Sequence[Value], outputs: Sequence[Any]) -> list[Bounds | None]:
    """Of shapes: the same for all rows."""
    return [None for _ in outputs]


RULES: Mapping[IntervalRule, Rule] = {
    IntervalRule.ANYTHING: _anything,
    IntervalRule.MONOTONE: _monotone,
    IntervalRule.PRODUCTS: _products,
    IntervalRule.KNOWN: _nothing_new,
    IntervalRule.UNIT: _fixed(0.0, 1.0),
    IntervalRule.SIGNED_UNIT: _fixed(-1.0, 1.0),
    IntervalRule.UP_TO_TWO: _fixed(0.0, 2.0),
    IntervalRule.ANGLE: _fixed(0.0, np.pi),
    IntervalRule.NOT_POSITIVE: _fixed(-INFINITE, 0.0),
    IntervalRule.SELECTION: _selection,
    IntervalRule.LOOKUP: _gather,
    IntervalRule.RECIPROCAL: _unary(reciprocal),
    IntervalRule.QUOTIENT: _binary(quotient),
    IntervalRule.EINSUM: _einsum,
    IntervalRule.BATCH_NORM: _batch_norm,
    IntervalRule.NEGATIVE: _unary(lambda one: Bounds(-one.high, -one.low)),
    IntervalRule.ABSOLUTE: _unary(absolute),
    IntervalRule.SQUARE: _unary(square),
    IntervalRule.SQUARED_DIFFERENCE: _binary(lambda one, other: square(difference(one, other))),
    IntervalRule.INVERSE_ROOT: _unary(inverse_root),
    IntervalRule.DIFFERENCE: _subtraction,
    IntervalRule.PRODUCT: _multiplication,
    IntervalRule.POWER: _power,
    IntervalRule.EXPONENTIAL: _exponential,
    IntervalRule.SUM: _sum,
    IntervalRule.MAXIMUM: _maximum_of,
    IntervalRule.CAST: _cast,
}
