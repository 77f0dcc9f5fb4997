"""Remembers, for every operation that answered NaN or infinity, in which rows, and which of its inputs were bad.

A finite number near the end of its dtype that was made of a bad value is remembered as well: the maximum of nothing but
NaN, or what nan_to_num puts in place of an infinity, still is that bad value.

The batch axis is one whose size the graph leaves open. Where the graph does not know the shape, or leaves several
sizes open, the size decides: the caller runs with a number of rows that divides no other dimension of the model (a
prime), so that the axis is found again after any transposition, and where the model merges the batch with another axis
(rows * steps).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import Effect, Family, operation
from nantrace.replay.extreme_values import extreme_values
from nantrace.replay.interpreter import Site, Value
from nantrace.replay.program import StaticShape
from nantrace.replay.walk import ARGUMENT, Mask, Node

FLOATS = (tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.complex64, tf.complex128)
COMPARES = {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"}
JOINS_ANSWERS = {"LogicalAnd", "LogicalOr", "LogicalNot"}


@dataclass(frozen=True, slots=True)
class Bad:
    """Per row: does the value hold NaN, an infinity, an extreme number that was made of either. Shapes (rows,)."""

    node: int
    nan: Mask
    inf: Mask
    extreme: Mask

    @property
    def any(self) -> Mask:
        return self.nan | self.inf | self.extreme


@dataclass(frozen=True, slots=True)
class TaintMark:
    """What travels with a value: its badness, whether it answers a test for NaN, which variable it is.

    `lost_in`: of a truth value, the sinks among the comparisons that it was made of.
    """

    bad: Bad | None = None
    tested: bool = False
    lost_in: tuple[int, ...] = ()
    variable: str | None = None  # of a resource: whose handle it is


@dataclass(frozen=True, slots=True)
class Sink:
    """An operation into which a bad value went and out of which, for these rows, only finite ones came.

    Operations that handle bad values on purpose are none.
    """

    kind: str
    name: str
    nan: Mask  # rows of which a value without a limit was lost: NaN, or an infinity that no integer is the limit of
    inf: Mask  # rows of which only other infinities were lost
    parents: tuple[int, ...]


@dataclass
class Taint:
    """An Observer of one interpreted run over `rows` rows."""

    rows: int
    nodes: list[Node] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)
    _meant: set[int] = field(default_factory=set)  # sinks that turned out to be part of a test

    @property
    def lost(self) -> list[Sink]:
        """The sinks of which none is part of a test for bad values, as in `is_inf(x) & (x > 0)`."""
        return [sink for i, sink in enumerate(self.sinks) if i not in self._meant]

    def argument(self, name: str, tensor: Any) -> Value:
        """An argument of the graph as a marked value."""
        if tensor.dtype == tf.resource:
            return Value(tensor, TaintMark(variable=name))
        if tensor.dtype not in FLOATS:
            return Value(tensor, TaintMark())
        return Value(tensor, TaintMark(self._record(ARGUMENT, name, None, tensor, (), ())))

    def observe(self, site: Site, inputs: Sequence[Value], outputs: Sequence[Any]) -> list[TaintMark]:
        """Marks of the outputs of one operation."""
        marks = [value.mark or TaintMark() for value in inputs]
        parents = [mark.bad for mark in marks if mark.bad is not None]
        tested = (
            _effect(site) is Effect.TESTS or _compares_with_itself(site, inputs) or _asks_for_infinity(site, inputs)
        )
        tested = tested or any(mark.tested for mark in marks)
        shapes = site.step.shapes or (None,) * len(outputs)
        bads = [self._output(site, inputs, parents, *one) for one in zip(outputs, shapes, strict=True)]
        lost_in = tuple(one for mark in marks for one in mark.lost_in) if site.step.kind in JOINS_ANSWERS else ()
        if tested:
            self._meant.update(lost_in)
        elif parents and self._note_sink(site, parents, bads, outputs):
            lost_in = (len(self.sinks) - 1,) if site.step.kind in COMPARES else ()
        handle = _variable(inputs) if outputs and outputs[0].dtype == tf.resource else None
        return [
            TaintMark(bad, tested and _answers_test(site, tensor), lost_in, handle)
            for bad, tensor in zip(bads, outputs, strict=True)
        ]

    def _output(
        self, site: Site, inputs: Sequence[Value], parents: list[Bad], tensor: Any, static: StaticShape
    ) -> Bad | None:
        if tensor.dtype == tf.variant:
            return self._carried(site, parents)
        if tensor.dtype not in FLOATS:
            return None
        return self._record(site.step.kind, site.path + site.step.name, site.iteration, tensor, parents, inputs, static)

    def _carried(self, site: Site, parents: list[Bad]) -> Bad | None:
        """A list of tensors is as bad as everything that was put into it."""
        if len(parents) < 2:
            return parents[0] if parents else None
        kinds = ([one.nan for one in parents], [one.inf for one in parents], [one.extreme for one in parents])
        nan, inf, extreme = (np.any(masks, axis=0) for masks in kinds)
        links = tuple({parent.node for parent in parents})
        index = len(self.nodes)
        name = site.path + site.step.name
        self.nodes.append(Node(index, site.step.kind, name, site.iteration, nan, inf, extreme, parents=links))
        return Bad(index, nan, inf, extreme)

    def _record(
        self,
        kind: str,
        name: str,
        iteration: int | None,
        tensor: Any,
        parents: Sequence[Bad],
        inputs: Sequence[Value],
        static: StaticShape = None,
    ) -> Bad | None:
        array = tensor.numpy()
        finite = np.isfinite(array)
        huge = extreme_values(array, finite, tensor.dtype) if parents else None
        if huge is None and finite.all():
            return None
        axis = self._batch_axis(array.shape, static)
        nan, inf = self._by_row(np.isnan(array), *axis), self._by_row(np.isinf(array), *axis)
        clean = ~np.any([parent.any for parent in parents], axis=0) if parents else np.ones(self.rows, bool)
        extreme = np.zeros(self.rows, bool) if huge is None else self._by_row(huge, *axis) & ~clean
        if not (nan | inf | extreme).any():
            return None
        first_nan = nan & ~np.any([parent.nan for parent in parents], axis=0) if parents else nan
        shown = ((nan | inf) & clean) | first_nan
        ranges: tuple[dict[str, float], ...] = ()
        operands: tuple[float, ...] = ()
        if shown.any() and inputs:
            ranges = tuple(filter(None, (self._range(value, shown) for value in inputs if _numeric(value))))
            operands = _operands(array, inputs)
        index = len(self.nodes)
        links = tuple({parent.node for parent in parents})
        self.nodes.append(
            Node(
                *(index, kind, name, iteration, nan, inf, extreme),
                positive=self._by_row(np.isposinf(array.real), *axis) if inf.any() else inf,
                parents=links,
                ranges=ranges,
                operands=operands,
                variable=_variable(inputs),
                shared=axis[0] is None,
                only_zero=not np.logical_and(array, finite).any(),
                dtype=tensor.dtype.name,
            )
        )
        return Bad(index, nan, inf, extreme)

    def _note_sink(self, site: Site, parents: list[Bad], bads: Sequence[Bad | None], outputs: Sequence[Any]) -> bool:
        """Whether something was lost."""
        if _is_harmless(site):
            return False
        lost = np.any([parent.any for parent in parents], axis=0)
        for bad in bads if not _ranks(site, outputs) else ():
            lost = lost & ~bad.any if bad is not None else lost
        if not lost.any():
            return False
        rounds = site.step.kind == "Cast" and site.step.attributes["DstT"].is_integer
        nan = lost & np.any([parent.any if rounds else parent.nan for parent in parents], axis=0)
        nodes = tuple({parent.node for parent in parents})
        self.sinks.append(Sink(site.step.kind, site.path + site.step.name, nan, lost & ~nan, nodes))
        return True

    def _by_row(self, bad: Mask, axis: int | None, merged: bool) -> Mask:
        """Which rows of the batch hold a True, shape (rows,); all of them where the tensor has no batch axis."""
        if axis is None:
            return np.full(self.rows, bool(bad.any()))
        if merged:
            bad = bad.reshape(*bad.shape[:axis], self.rows, -1, *bad.shape[axis + 1 :])
        return np.asarray(bad.any(axis=tuple(i for i in range(bad.ndim) if i != axis)))

    def _batch_axis(self, shape: tuple[int, ...], static: StaticShape) -> tuple[int | None, bool]:
        """Which axis, and whether the batch is merged with another one in it; None where all rows share the tensor."""
        sizes = [(axis, shape[axis]) for axis in _open_axes(shape, static)]
        for axis, size in sizes:
            if size == self.rows:
                return axis, False
        for axis, size in sizes:
            if size and size % self.rows == 0:
                return axis, True
        return None, False

    def _range(self, value: Value, rows: Mask) -> dict[str, float]:
        array = value.tensor.numpy()
        if array.ndim and array.shape[0] == self.rows:
            array = array[rows]
        return {"min": float(array.min()), "max": float(array.max())} if array.size else {}


def _open_axes(shape: tuple[int, ...], static: StaticShape) -> Sequence[int]:
    """The axes whose size depends on what is fed; all of them where the graph does not know, or knows another shape."""
    if static is None or len(static) != len(shape):
        return range(len(shape))
    if any(known not in (None, size) for known, size in zip(static, shape, strict=True)):
        return range(len(shape))  # of a graph that was made for a fixed number of rows
    return [axis for axis, known in enumerate(static) if known is None]


def _variable(inputs: Sequence[Value]) -> str | None:
    """The name of the variable whose handle is among the inputs."""
    return next((value.mark.variable for value in inputs if value.mark and value.mark.variable), None)


def _numeric(value: Value) -> bool:
    return bool(value.tensor.dtype.is_floating or value.tensor.dtype.is_integer)


def _answers_test(site: Site, tensor: Any) -> bool:
    """The answer to a test is a truth value, or one that was cast to a number."""
    return not tensor.dtype.is_floating or site.step.kind == "Cast"


def _effect(site: Site) -> Effect | None:
    row = operation(site.step.kind)
    return row.effect if row is not None else None


def _is_harmless(site: Site) -> bool:
    """Whether the operation makes no wrong value of a bad one: it moves or picks elements, or is made for bad ones."""
    row = operation(site.step.kind)
    return row is not None and (row.effect in (Effect.TESTS, Effect.HANDLED) or row.family is Family.LAYOUT)


def _ranks(site: Site, outputs: Sequence[Any]) -> bool:
    """Positions with values, as of the largest: positions are wrong and finite, whatever the values are."""
    effect = _effect(site)
    return effect is Effect.RANKS if effect else len({tensor.dtype.is_integer for tensor in outputs}) > 1


def _compares_with_itself(site: Site, inputs: Sequence[Value]) -> bool:
    """`x != x` is how hand-written code asks for NaN."""
    return site.step.kind in {"Equal", "NotEqual"} and inputs[0].tensor is inputs[1].tensor


def _asks_for_infinity(site: Site, inputs: Sequence[Value]) -> bool:
    """Whether it compares with one number that is infinite, or beyond which nothing but infinity is."""
    return site.step.kind in COMPARES and any(
        value.tensor.dtype in FLOATS
        and value.tensor.shape.num_elements() == 1
        and abs(value.tensor).numpy().item() >= value.tensor.dtype.max
        for value in inputs
    )


def _operands(bad_output: NDArray[Any], inputs: Sequence[Value]) -> tuple[float, ...]:
    """The inputs of an elementwise operation at the first element that went bad; empty for other operations."""
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(bad_output))[0])
    found = []
    for value in inputs:
        if not _numeric(value):
            return ()
        try:
            array = np.broadcast_to(value.tensor.numpy(), bad_output.shape)
        except ValueError:
            return ()
        found.append(float(array[where]))
    return tuple(found)
