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


def in_turn(readings: Sequence[Reading], unwritten: Ranges) -> list[Placed[Reading]]:
    """What is of no version first, then the versions that the last write did not get to, then the others."""
    versions = [list(group) for key, group in groupby(readings, lambda one: one.version_id) if key]
    vital = [Placed(VITAL, one) for one in readings if not one.version_id]
    first = [position for start, end in unwritten for position in range(start, min(end, len(versions)))]
    order = dict.fromkeys([*first, *range(len(versions))])
    return [*vital, *(Placed(position, one) for position in order for one in versions[position])]


def left_over(unsent: Iterable[Placed[T]]) -> Ranges:
    """Of versions with a series that was not taken, in the order in which these were to be sent."""
    return list(_ranges(dict.fromkeys(one.position for one in unsent if one.position != VITAL)))


def _ranges(positions: Iterable[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for position in positions:
        if run and position == run[1]:
            run[1] += 1
            continue
        if run:
            yield run
        run = [position, position + 1]
    if run:
        yield run
