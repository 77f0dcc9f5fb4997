"""The way back from a bad output to where it began (no TensorFlow here: pure functions over recorded nodes)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.replay.taint import Node


@dataclass(frozen=True)
class NodeTrail:
    """For one row: the nodes where bad values arose from finite ones, and where NaN first arose."""

    sources: tuple[int, ...]
    first_nan: int | None


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
    return NodeTrail(tuple(sorted(sources)), min(first_nans, default=None))


def _bad_parents(nodes: Sequence[Node], node: Node, row: int) -> list[int]:
    nan = [parent for parent in node.parents if nodes[parent].nan[row]]
    if node.nan[row] and nan:
        return nan
    return [parent for parent in node.parents if nodes[parent].nan[row] or nodes[parent].inf[row]]


def walk_all(nodes: Sequence[Node], ends: Sequence[int], rows: NDArray[np.intp]) -> dict[int, NodeTrail]:
    """Trails of many rows; rows with the same pattern of bad nodes share one walk."""
    if not nodes:
        return {}
    pattern = np.array([[node.nan, node.inf] for node in nodes])  # (nodes, 2, batch)
    trails: dict[bytes, NodeTrail] = {}
    found = {}
    for row in rows.tolist():
        key = pattern[:, :, row].tobytes()
        if key not in trails:
            bad_ends = [end for end in ends if nodes[end].nan[row] or nodes[end].inf[row]]
            trails[key] = walk_back(nodes, bad_ends, row)
        found[row] = trails[key]
    return found
