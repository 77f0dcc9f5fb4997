"""The way back from a bad output to where it began (no TensorFlow here: pure functions over recorded nodes)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
ARGUMENT = "Argument"  # the kind of a node that is no operation


@dataclass(frozen=True, slots=True)
class Node:
    """An operation with a bad output, or an argument of the graph that came in bad."""

    index: int
    kind: str
    name: str
    iteration: int | None
    nan: Mask
    inf: Mask
    extreme: Mask
    positive: Mask | None = None  # rows with +Inf
    parents: tuple[int, ...] = ()
    ranges: tuple[dict[str, float], ...] = ()
    operands: tuple[float, ...] = ()  # the inputs at one element where the output went bad
    variable: str | None = None  # read by this operation
    shared: bool = False  # the same for all rows: it has no batch axis
    only_zero: bool = False  # no finite value but 0 is in it, as in a mask of 0 and -Infinity
    dtype: str = ""

    @property
    def any(self) -> Mask:
        """Rows with any bad value."""
        return self.nan | self.inf | self.extreme


@dataclass(frozen=True)
class NodeTrail:
    """For one row: the nodes where bad values arose from finite ones, where NaN first arose, and all on the way."""

    sources: tuple[int, ...]
    first_nan: int | None
    passed: tuple[int, ...] = field(default=(), compare=False)


def walk_back(nodes: Sequence[Node], ends: Sequence[int], row: int) -> NodeTrail:
    """Follows bad values from the output nodes `ends` to their sources, for one row.

    Where an operation answered NaN and one of its inputs was NaN, the walk follows NaN: an infinity next to it (a
    mask, say) did not make it. Where no input was NaN, the NaN arose there, out of infinities or out of finite values.
    """
    sources: set[int] = set()
    first_nans: set[int] = set()
    seen: set[int] = set()
    waiting = list(ends)
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        parents = _bad_parents(nodes, nodes[index], row)
        if nodes[index].nan[row] and not any(nodes[parent].nan[row] for parent in parents):
            first_nans.add(index)
        if not parents:
            sources.add(index)
        waiting += parents
    return NodeTrail(tuple(sorted(sources)), min(first_nans, default=None), tuple(sorted(seen)))


def _bad_parents(nodes: Sequence[Node], node: Node, row: int) -> list[int]:
    nan = [parent for parent in node.parents if nodes[parent].nan[row]]
    if node.nan[row] and nan:
        return nan
    return [parent for parent in node.parents if nodes[parent].any[row]]


def walk_all(nodes: Sequence[Node], ends: Sequence[int], rows: NDArray[np.intp]) -> dict[int, NodeTrail]:
    """Trails of many rows; rows with the same pattern of bad nodes share one walk."""
    if not nodes:
        return {}
    pattern = np.array([[node.nan, node.inf, node.extreme] for node in nodes])  # (nodes, 3, batch)
    trails: dict[bytes, NodeTrail] = {}
    found = {}
    for row in rows.tolist():
        key = pattern[:, :, row].tobytes()
        if key not in trails:
            bad_ends = [end for end in ends if nodes[end].any[row]]
            trails[key] = walk_back(nodes, bad_ends, row)
        found[row] = trails[key]
    return found
