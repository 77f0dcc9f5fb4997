"""Rows that wait to be sent, bounded by bytes: healthy rows make room for the others."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from nanwatch_client.rows import Layout, Row

GROUP_OVERHEAD = 2048  # bytes of an empty group: two deques, its key, its place among the others
MOST_ROWS = 2000
MOST_SECONDS = 60.0  # a batch has one time, which must be true for all of its rows


class GroupKey(NamedTuple):
    """Rows that fit into one batch. `raised` names the exception of a model that gave no answer."""

    model: str
    version: str
    layout: Layout
    raised: str = ""


@dataclass
class Group:
    """Rows of one key, each kind in the order in which it was logged."""

    failing: deque[Row] = field(default_factory=deque)
    healthy: deque[Row] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return bool(self.failing or self.healthy)

    @property
    def oldest(self) -> float:
        """When its first row was logged, in seconds since 1970."""
        return min(rows[0].at for rows in (self.failing, self.healthy) if rows)


class Backlog:
    """`size` is what the waiting rows take in bytes, which is never above `limit`."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self._groups: dict[GroupKey, Group] = {}  # those that were served last are last

    def __len__(self) -> int:
        return sum(len(group.failing) + len(group.healthy) for group in self._groups.values())

    def put(self, key: GroupKey, row: Row) -> list[tuple[GroupKey, Row]]:
        """Queues the row and returns those that had to go for it, or the row itself when it has no room."""
        needed = row.size + (0 if key in self._groups else GROUP_OVERHEAD)
        dropped = []
        if row.failing or key.raised:
            dropped = list(self._make_room(needed))
            needed = row.size + (0 if key in self._groups else GROUP_OVERHEAD)
        if self.size + needed > self.limit:
            return [*dropped, (key, row)]
        group = self._groups.setdefault(key, Group())
        (group.failing if row.failing or key.raised else group.healthy).append(row)
        self.size += needed
        return dropped

    def due(self, before_failing: float, before_healthy: float) -> GroupKey | None:
        """A group with a failing row, or else any row, that was logged before the given time."""
        for key, group in self._groups.items():
            if group.failing and group.failing[0].at <= before_failing:
                return key
            if group.oldest <= before_healthy:
                return key
        return None

    def take(self, key: GroupKey, most_bytes: int) -> list[Row]:
        """The first rows of a group that fit into one batch, failing ones first; they have left the queue."""
        group = self._groups.pop(key)
        taken: list[Row] = []
        size = 0
        first = group.oldest
        for rows in (group.failing, group.healthy):
            while rows and len(taken) < MOST_ROWS and rows[0].at <= first + MOST_SECONDS:
                if taken and size + rows[0].size > most_bytes:
                    break
                size += rows[0].size
                taken.append(rows.popleft())
        self.size -= size
        if group:
            self._groups[key] = group
        else:
            self.size -= GROUP_OVERHEAD
        return taken

    def _make_room(self, needed: int) -> Iterator[tuple[GroupKey, Row]]:
        for key in list(self._groups):
            group = self._groups[key]
            while group.healthy and self.size + needed > self.limit:
                row = group.healthy.popleft()
                self.size -= row.size
                yield key, row
            if not group:
                del self._groups[key]
                self.size -= GROUP_OVERHEAD
            if self.size + needed <= self.limit:
                return
