"""From rows to origins: one interpreted run, then the walk back for every row with a bad output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from monitoring.replay.interpreter import Interpreter, Patches, Value
from monitoring.replay.loading import LoadedModel
from monitoring.replay.places import Names
from monitoring.replay.precision import Precision
from monitoring.replay.taint import Bad, Taint
from monitoring.replay.walk import walk_all

PRIMES = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
Array = NDArray[Any]


@dataclass(frozen=True)
class Traced:
    """Rows with one trail: where their bad values come from, and what swallowed bad values on the way."""

    rows: list[int]
    sources: list[dict[str, Any]]
    birth: dict[str, Any] | None
    output_bad: bool


@dataclass(frozen=True)
class TraceResult:
    """The groups of one run, the outputs the interpreter computed, and the sinks by row."""

    groups: list[Traced]
    outputs: dict[str, Array]
    sinks: list[dict[str, Any]]


def names_of(model: LoadedModel) -> Names:
    """The names of a loaded model."""
    inputs = frozenset(spec.name for spec in model.inputs)
    return Names(model.name, inputs, model.layers, frozenset(model.variables))


def interpret(
    model: LoadedModel,
    feed: Sequence[Array],
    patches: Patches | None = None,
    precision: Precision | None = None,
) -> dict[str, Array]:
    """The model's outputs, computed op by op, with patches and in another precision."""
    values = [Value(tensor) for _, tensor in arguments(model, feed)]
    if precision:
        values = [Value(tensor) for tensor in precision.cast([value.tensor for value in values])]
    results = Interpreter(precision=precision, patches=patches).run(model.program, values)
    return _by_output(model, results)


def trace(model: LoadedModel, feed: Sequence[Array]) -> TraceResult:
    """Origins of the bad values of all rows of `feed` (arrays in the order of the model's inputs)."""
    rows = len(feed[0])
    size = next((p for p in batch_sizes(model, feed) if p >= rows), None)
    if size is None:
        return _joined([trace(model, [x[i : i + 61] for x in feed]) for i in range(0, rows, 61)])
    padded = [np.concatenate([x, np.repeat(x[:1], size - rows, axis=0)]) for x in feed]
    taint = Taint(size)
    values = [taint.argument(name, tensor) for name, tensor in arguments(model, padded)]
    results = Interpreter(observer=taint).run(model.program, values)
    outputs = {name: array[:rows] for name, array in _by_output(model, results).items()}
    return TraceResult(_groups(model, taint, results, rows), outputs, _sinks(taint, rows))


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
        zip((id(t) for t in model.concrete.graph.internal_captures), model.concrete.captured_inputs, strict=True)
    )
    given = iter(model.inputs)
    found = []
    for tensor in model.concrete.graph.inputs:
        if id(tensor) in captured:
            value = captured[id(tensor)]
            found.append((handles.get(id(value), tensor.name.split(":")[0]), value))
            continue
        name = tensor.name.split(":")[0]
        spec, x = by_name[name] if name in by_name else by_name[next(given).name]
        found.append((spec.name, tf.convert_to_tensor(x, spec.dtype)))
    return found


def _handles(model: LoadedModel) -> dict[int, str]:
    found = {}
    for name, variable in model.variables.items():
        handle = getattr(variable, "handle", None)
        if handle is not None:
            found[id(handle)] = name
    return found


def _by_output(model: LoadedModel, results: Sequence[Value]) -> dict[str, Array]:
    names = model.output_names
    return {name: value.tensor.numpy() for name, value in zip(names, results, strict=False)}


def _groups(
    model: LoadedModel, taint: Taint, results: Sequence[Value], rows: int
) -> list[Traced]:
    names = names_of(model)
    ends = [value.mark.bad.node for value in results if value.mark and isinstance(value.mark.bad, Bad)]
    bad = np.zeros(taint.rows, bool)
    for end in ends:
        bad |= taint.nodes[end].nan | taint.nodes[end].inf
    trails = walk_all(taint.nodes, ends, np.flatnonzero(bad[:rows]))
    together: dict[Any, list[int]] = {}
    for row, trail in trails.items():
        together.setdefault(trail, []).append(row)
    return [
        Traced(
            members,
            [names.place(taint.nodes[index], members[0]) for index in trail.sources],
            None if trail.birth is None else names.place(taint.nodes[trail.birth], members[0]),
            output_bad=True,
        )
        for trail, members in together.items()
    ]


def _sinks(taint: Taint, rows: int) -> list[dict[str, Any]]:
    return [
        {
            "operation": sink.kind,
            "name": sink.name,
            "handled": sink.handled,
            "rows": np.flatnonzero(sink.rows[:rows]).tolist(),
        }
        for sink in taint.sinks
        if sink.rows[:rows].any()
    ]


def _joined(parts: Sequence[TraceResult]) -> TraceResult:
    groups, sinks, start = [], [], 0
    for part in parts:
        groups += [
            Traced([r + start for r in g.rows], g.sources, g.birth, g.output_bad) for g in part.groups
        ]
        sinks += [{**sink, "rows": [r + start for r in sink["rows"]]} for sink in part.sinks]
        start += len(next(iter(part.outputs.values())))
    names: Mapping[str, Array] = parts[0].outputs
    outputs = {name: np.concatenate([part.outputs[name] for part in parts]) for name in names}
    return TraceResult(groups, outputs, sinks)
