"""Where the bad values of a computed network come from, row by row. Written apart from the replay's own tracer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.diagnosis.kernels import PICKS
from tests.diagnosis.network import Network

EXTREME = 1e28
Array = NDArray[Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class RowTrace:
    """Of one row: the names of the values where bad ones arose from finite ones, where NaN arose, what lost one."""

    sources: tuple[str, ...]
    first_nan: str | None
    swallowed_by: str | None


def trace_row(network: Network, values: Mapping[str, Array], wide_output: Array, *, sent: bool) -> RowTrace | None:
    """The trace of a batch of one row; None where no bad value mattered. `wide_output` is float64's answer.

    `sent`: the row was sent with an infinity in it, which no limit excuses.
    """
    bad = _bad(network, values)
    nan = {name for name in bad if np.isnan(values[name]).any()}
    parents = {operation.name: _parents(operation.inputs, operation.name, bad, nan) for operation in network.operations}
    if network.output in bad:
        return _walk(parents, nan, list(values), [network.output], None)
    exact = np.allclose(values[network.output], wide_output, rtol=1e-2, atol=1e-4)
    for operation in network.operations:
        lost = [name for name in operation.inputs if name in bad]
        if not lost or operation.name in bad or operation.kind in PICKS:
            continue
        walk = _walk(parents, nan, list(values), lost, operation.name)
        if nan & set(lost) or not exact or (sent and {one.name for one in network.inputs} & set(walk.sources)):
            return walk
    return None


def _bad(network: Network, values: Mapping[str, Array]) -> set[str]:
    """Values that are not finite, and extreme ones that were made of such."""
    bad = {name for name, array in values.items() if array.dtype.kind == "f" and not np.isfinite(array).all()}
    for operation in network.operations:
        if bad & set(operation.inputs) and (np.abs(values[operation.name].astype(np.float64)) > EXTREME).any():
            bad.add(operation.name)
    return bad


def _parents(inputs: tuple[str, ...], name: str, bad: set[str], nan: set[str]) -> list[str]:
    guilty = [one for one in inputs if one in nan] if name in nan else []
    return guilty or [one for one in inputs if one in bad]


def _walk(
    parents: Mapping[str, list[str]], nan: set[str], order: list[str], ends: list[str], sink: str | None
) -> RowTrace:
    seen: list[str] = []
    waiting = list(ends)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.append(name)
            waiting += parents.get(name, [])
    seen.sort(key=order.index)
    sources = tuple(name for name in seen if not parents.get(name))
    firsts = [name for name in seen if name in nan and not nan & set(parents.get(name, []))]
    return RowTrace(sources, firsts[0] if firsts else None, sink)


def place(network: Network, name: str, values: Mapping[str, Array]) -> Json:
    """A value as the laboratory describes places."""
    operation = next((one for one in network.operations if one.name == name), None)
    kind = "operation" if operation else "weight" if name in network.weights else "constant"
    kind = "input" if name in {one.name for one in network.inputs} else kind
    given = [values[one] for one in operation.inputs] if operation else []
    return {
        "kind": kind,
        "name": name,
        "layer": operation.layer if operation else name.rpartition("/")[0] or None,
        "operation": operation.kind if operation else None,
        "iteration": None,
        "value": _value(values[name]),
        "inputs": [{"min": spelled(float(array.min())), "max": spelled(float(array.max()))} for array in given],
        "operands": _operands(values[name], given),
        "normalises": bool(operation and operation.normalises),
        "shared": name not in _of_rows(network),
        "only_zero": not values[name][np.isfinite(values[name])].any(),
        "dtype": values[name].dtype.name,
    }


def spelled(number: float) -> float | str:
    """A number as strict JSON."""
    return number if np.isfinite(number) else _value(np.asarray(number))


def _of_rows(network: Network) -> set[str]:
    """Values that depend on the rows; the others are the same for all."""
    found = {one.name for one in network.inputs}
    for operation in network.operations:
        if found & set(operation.inputs):
            found.add(operation.name)
    return found


def _value(array: Array) -> str:
    if np.isnan(array).any():
        return "NaN"
    return "Infinity" if np.isposinf(array).any() else "-Infinity"


def _operands(answer: Array, given: list[Array]) -> list[Any]:
    """The inputs of an elementwise operation where its answer went bad first; empty for other operations."""
    try:
        spread = [np.broadcast_to(array, answer.shape) for array in given]
    except ValueError:
        return []
    where = tuple(np.argwhere(~np.isfinite(answer))[0])
    return [spelled(float(array[where])) for array in spread]
