"""From rows to origins: one interpreted run, then the walk back for every row with a bad output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import Family, operation
from nantrace.replay.interpreter import FLOAT64, Interpreter, Patches, Precision, Value
from nantrace.replay.loading import LoadedModel
from nantrace.replay.taint import Sink, Taint
from nantrace.replay.walk import ARGUMENT, Node, NodeTrail, walk_all
from nantrace.tensors.same_answers import LOW_PRECISION, OTHER_PRECISION, Tolerance, differing_rows

CHUNK = 61
PRIMES = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
BIASES = {"Add", "AddV2", "Sub"}
SCALES = {"Mul", "RealDiv", "Cast"}
Array = NDArray[Any]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Traced:
    """Rows with one trail: where their bad values come from, and what swallowed bad values on the way."""

    rows: list[int]
    sources: list[dict[str, Any]]
    birth: dict[str, Any] | None
    swallowed_by: dict[str, Any] | None = None  # where the output is finite


@dataclass(frozen=True)
class TraceResult:
    """The groups of one run, and the outputs that the interpreter computed."""

    groups: list[Traced]
    outputs: dict[str, Array]


def interpret(
    model: LoadedModel,
    feed: Sequence[Array],
    patches: Patches | None = None,
    precision: Precision | None = None,
) -> dict[str, Array]:
    """The model's outputs, computed op by op, with patches and in another precision."""
    changed = patches.outputs if patches else {}
    values = [Value(changed[name](tensor) if name in changed else tensor) for name, tensor in arguments(model, feed)]
    if precision:
        values = [Value(tensor) for tensor in precision.cast([value.tensor for value in values])]
    results = Interpreter(precision=precision, patches=patches).run(model.program, values)
    return _by_output(model, results)


def trace(
    model: LoadedModel, feed: Sequence[Array], sent: Mask | None = None, patches: Patches | None = None
) -> TraceResult:
    """Origins of the bad values of all rows of `feed` (arrays in the order of the model's inputs).

    `sent` (rows,): rows that were sent with an infinity in them; what their infinities come to is made up, and no
    limit. `patches`: traced with these.
    """
    rows = len(feed[0])
    sent = np.zeros(rows, bool) if sent is None else sent
    size = next((p for p in batch_sizes(model, feed) if p >= rows), None)
    if size is None or rows > CHUNK:
        starts = range(0, rows, CHUNK)
        chunks = [([x[i : i + CHUNK] for x in feed], sent[i : i + CHUNK]) for i in starts]
        return _joined([trace(model, *chunk, patches) for chunk in chunks], starts)
    padded = [np.concatenate([x, np.repeat(x[:1], size - rows, axis=0)]) for x in feed]
    taint = Taint(size)
    changed = patches.outputs if patches else {}
    values = [
        taint.argument(name, changed[name](tensor) if name in changed else tensor)
        for name, tensor in arguments(model, padded)
    ]
    results = Interpreter(observer=taint, patches=patches).run(model.program, values)
    outputs = {name: array[:rows] for name, array in _by_output(model, results).items()}
    groups = _groups(model, taint, results, rows)
    run = _Run(model, taint, feed, sent, outputs)
    return TraceResult([*groups, *_swallowed(run, results, {row for group in groups for row in group.rows})], outputs)


@dataclass(frozen=True)
class _Run:
    """One interpreted run, and the rows that were fed."""

    model: LoadedModel
    taint: Taint
    feed: Sequence[Array]
    sent: Mask
    outputs: Mapping[str, Array]


def batch_sizes(model: LoadedModel, feed: Sequence[Array]) -> list[int]:
    """Primes that divide no dimension of the model's weights and inputs."""
    dimensions = {int(d) for x in feed for d in x.shape[1:]}
    dimensions |= {int(d) for variable in model.variables.values() for d in variable.shape}
    return [p for p in PRIMES if not any(d and d % p == 0 for d in dimensions)] or [PRIMES[-1]]


def arguments(model: LoadedModel, feed: Sequence[Array]) -> list[tuple[str, Any]]:
    """All arguments of the graph with names: the inputs, then what the function captured."""
    by_name = {spec.name: (spec, x) for spec, x in zip(model.inputs, feed, strict=True)}
    handles = _handles(model)
    captured = dict(
        zip(
            (id(t) for t in model.concrete.graph.internal_captures),
            model.concrete.captured_inputs,
            strict=True,
        )
    )
    given = iter(model.inputs)
    found = []
    for tensor in model.concrete.graph.inputs:
        if id(tensor) in captured:
            value = captured[id(tensor)]
            found.append((handles.get(id(value)) or _captured_name(tensor, value), value))
            continue
        name = tensor.name.split(":")[0]
        spec, x = by_name[name] if name in by_name else by_name[next(given).name]
        found.append((spec.name, tf.convert_to_tensor(x, spec.dtype)))
    return found


def _captured_name(tensor: Any, value: Any) -> str:
    return f"captured constant {tensor.name.split(':')[0]} {tuple(value.shape.as_list())}"


def _handles(model: LoadedModel) -> dict[int, str]:
    found = {}
    for name, variable in model.variables.items():
        handle = getattr(variable, "handle", None)
        if handle is not None:
            found[id(handle)] = name
    return found


def _by_output(model: LoadedModel, results: Sequence[Value]) -> dict[str, Array]:
    return {name: value.tensor.numpy() for name, value in zip(model.output_names, results, strict=True)}


def _groups(model: LoadedModel, taint: Taint, results: Sequence[Value], rows: int) -> list[Traced]:
    """Rows with a bad output, by trail."""
    ends = [value.mark.bad.node for value in results if value.mark and value.mark.bad]
    bad = np.zeros(taint.rows, bool)
    for end in ends:
        bad |= taint.nodes[end].nan | taint.nodes[end].inf
    trails = walk_all(taint.nodes, ends, np.flatnonzero(bad[:rows]))
    return _by_trail(model, taint, trails, None)


def _swallowed(run: _Run, results: Sequence[Value], bad: set[int]) -> list[Traced]:
    """Rows with a finite output into which a bad value was lost: a NaN, an infinity that was sent, one without an exact
    limit, or one that a weight should not have held.
    """
    taint, names = run.taint, run.model.names
    candidates = np.array([row not in bad for row in range(len(run.sent))])
    groups = []
    sinks = [*taint.lost, *_extreme_outputs(taint, results)]
    inexact = _inexact(run, sinks, candidates)
    unmeant = _of_weights(taint, run.model.infinite_weights)
    by_hand = _softmax_by_hand(taint.nodes, sinks)
    for sink in sinks:
        reached = np.flatnonzero(candidates & (sink.nan | sink.inf)[: len(candidates)])
        wrong = sink.nan[: len(candidates)] | inexact | (not unmeant.isdisjoint(sink.parents))
        trails = {
            row: trail
            for row, trail in walk_all(taint.nodes, sink.parents, reached).items()
            if wrong[row] or _is_of_nan(run, sink, trail, row) or _is_made_up(run, sink, by_hand, trail, row)
        }
        if trails:
            place = {"operation": sink.kind, "name": sink.name, "layer": names.layer_of_operation(sink.name) or ""}
            groups += _by_trail(run.model, taint, trails, place)
            candidates[list(trails)] = False
    return groups


def _extreme_outputs(taint: Taint, results: Sequence[Value]) -> list[Sink]:
    """Outputs that are finite, and near the end of their dtype for a bad value that went in."""
    ends = [taint.nodes[value.mark.bad.node] for value in results if value.mark and value.mark.bad]
    return [Sink(end.kind, end.name, end.nan & False, end.extreme, (end.index,)) for end in ends if end.extreme.any()]


def _is_of_nan(run: _Run, sink: Sink, trail: NodeTrail, row: int) -> bool:
    """Whether an extreme number reached the operation in a row that NaN was made into."""
    extreme = any(run.taint.nodes[index].extreme[row] for index in sink.parents)
    return extreme and trail.first_nan is not None


def _is_made_up(run: _Run, sink: Sink, by_hand: set[str], trail: NodeTrail, row: int) -> bool:
    """Whether what the operation answers in a row stands for an infinity that was sent there."""
    nodes = run.taint.nodes
    read = any(_is_decoded(nodes[index]) for index in trail.sources)
    sent = run.sent[row] and any(nodes[index].name in run.model.names.inputs for index in trail.sources)
    return bool(read or sent) and not _is_additive_mask(sink, by_hand, [nodes[index] for index in trail.passed], row)


def _is_decoded(node: Node) -> bool:
    row = operation(node.kind)
    return row is not None and row.family is Family.DECODING


def _is_additive_mask(sink: Sink, by_hand: set[str], passed: Sequence[Node], row: int) -> bool:
    """Whether -Inf was added to scores, and nothing else was done to it, before a softmax: that bars a position."""
    if not (sink.kind == "Softmax" or sink.name in by_hand):
        return False
    kinds = {node.kind for node in passed}
    rows = [operation(kind) for kind in kinds - BIASES - SCALES - {ARGUMENT}]
    moved = all(one is not None and one.family in (Family.LAYOUT, Family.PLUMBING) for one in rows)
    barred = all(node.index not in sink.parents or (node.inf[row] and not _is_positive(node, row)) for node in passed)
    return moved and barred and not kinds.isdisjoint(BIASES)


def _softmax_by_hand(nodes: Sequence[Node], sinks: Sequence[Sink]) -> set[str]:
    """The maximum and the exponential of every exp(x - max(x)), by name."""
    shifted = {
        sink.name: {above for index in sink.parents for above in nodes[index].parents}
        for sink in sinks
        if sink.kind == "Exp"
    }
    highest = {sink.name: set(sink.parents) for sink in sinks if sink.kind == "Max"}
    pairs = [(one, other) for one in shifted for other in highest if shifted[one] & highest[other]]
    return {name for pair in pairs for name in pair}


def _is_positive(node: Node, row: int) -> bool:
    return node.positive is None or bool(node.positive[row])


def _of_weights(taint: Taint, weights: frozenset[str]) -> set[int]:
    """Nodes whose bad values are those of the weights, or were made of them."""
    found: set[int] = set()
    for node in taint.nodes if weights else []:
        if node.variable in weights or not found.isdisjoint(node.parents):
            found.add(node.index)
    return found


def _inexact(run: _Run, sinks: Sequence[Sink], candidates: Mask) -> Mask:
    """Rows that lost an infinity on the way and for which float64 answers otherwise, shape (rows,)."""
    lost = np.any([sink.inf for sink in sinks], axis=0)[: len(candidates)] if sinks else candidates & False
    index = np.flatnonzero(lost & candidates)
    found = np.zeros(len(candidates), bool)
    if len(index):
        exact = interpret(run.model, [x[index] for x in run.feed], precision=FLOAT64)
        for name, array in run.outputs.items():
            found[index] |= differs(array[index], exact[name])
    return found


def differs(narrow: Array, wide: Array) -> NDArray[np.bool_]:
    """Rows in which two precisions disagree by more than rounding explains, shape (rows,)."""
    return differing_rows(narrow, wide, _of_precision(narrow.dtype, wide))


def _of_precision(dtype: np.dtype[Any], wide: Array) -> Tolerance:
    """What rounding explains in answers of the usual size of these: float16 and bfloat16 keep three digits or less."""
    known = LOW_PRECISION if dtype.itemsize < 4 else OTHER_PRECISION
    finite = np.abs(wide.astype(np.float64)) if wide.dtype.kind in "fV" else np.zeros(0)
    finite = finite[np.isfinite(finite)]
    scale = float(np.median(finite)) if finite.size else 1.0
    return replace(known, absolute=known.absolute * max(scale, 1e-6))


def _by_trail(
    model: LoadedModel, taint: Taint, trails: Mapping[int, NodeTrail], swallowed_by: dict[str, Any] | None
) -> list[Traced]:
    names = model.names
    together: dict[NodeTrail, list[int]] = {}
    for row, trail in trails.items():
        together.setdefault(trail, []).append(row)
    return [
        Traced(
            members,
            [names.place(taint.nodes[index], members[0]) for index in trail.sources],
            None if trail.first_nan is None else names.place(taint.nodes[trail.first_nan], members[0]),
            swallowed_by,
        )
        for trail, members in together.items()
    ]


def _joined(parts: Sequence[TraceResult], starts: Sequence[int]) -> TraceResult:
    groups = [
        replace(group, rows=[row + start for row in group.rows])
        for part, start in zip(parts, starts, strict=True)
        for group in part.groups
    ]
    names: Mapping[str, Array] = parts[0].outputs
    return TraceResult(groups, {name: np.concatenate([part.outputs[name] for part in parts]) for name in names})
