"""In which order series are sent, so that none waits for ever where a quota or an outage ends a write early."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

from monitoring.metrics.table import Reading

T = TypeVar("T")

Ranges = list[list[int]]
"""Positions as [first, end) pairs, strict JSON: a few pairs, where a write ended early."""
VITAL = -1
"""Position of what is sent first in every write: whether the service lives, and open incidents."""


@dataclass(frozen=True)
class Placed(Generic[T]):
    """`position` is that of a version among all versions, from the oldest; its series go together."""

    position: int
    value: T


def in_waves(readings: Sequence[Reading], unwritten: Sequence[Ranges]) -> list[list[Placed[Reading]]]:
    """Each is sent before the next begins: what earlier writes did not get to, who waits longest first; then the rest.

    What is of no version stands before all versions of the first wave. `unwritten`: no position stands in two of them.
    """
    versions = [list(group) for version, group in groupby(readings, lambda one: one.version_id) if version]
    groups = [[one for one in _positions(ranges) if one < len(versions)] for ranges in unwritten]
    late = {position for group in groups for position in group}
    rest = [position for position in range(len(versions)) if position not in late]
    waves = [[Placed(position, one) for position in group for one in versions[position]] for group in (*groups, rest)]
    waves[0] = [*(Placed(VITAL, one) for one in readings if not one.version_id), *waves[0]]
    return waves


def left_over(unsent: Iterable[Placed[T]]) -> Ranges:
    """Versions with a series that was not taken."""
    ranges: Ranges = []
    for position in sorted({one.position for one in unsent if one.position != VITAL}):
        if ranges and position == ranges[-1][1]:
            ranges[-1][1] += 1
        else:
            ranges.append([position, position + 1])
    return ranges


def _positions(ranges: Ranges) -> Iterator[int]:
    return (position for start, end in ranges for position in range(start, end))
