"""Rows that wait to be sent, bounded by bytes: healthy rows make room for the others."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from nanwatch_client.blocks import Block
from nanwatch_client.rows import Layout

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
    """Blocks of one key, each kind in the order in which it was logged."""

    failing: deque[Block] = field(default_factory=deque)
    healthy: deque[Block] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return bool(self.failing or self.healthy)

    @property
    def oldest(self) -> float:
        """When its first rows were logged, in seconds since 1970."""
        return min(blocks[0].at for blocks in (self.failing, self.healthy) if blocks)


class Backlog:
    """`size` is what the `rows` that wait take in bytes, which is never above `limit`."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size, self.rows = limit, 0, 0
        self._groups: dict[GroupKey, Group] = {}  # those that were served last are last

    def put(self, key: GroupKey, block: Block) -> list[tuple[GroupKey, Block]]:
        """Queues the block and returns those that had to go for it, or the block itself when it has no room."""
        failing = block.failing or bool(key.raised)
        needed = block.size + GROUP_OVERHEAD  # of a group that may be new
        dropped: list[tuple[GroupKey, Block]] = []
        if self.size + needed > self.limit:
            dropped += self._make_room(needed) if failing else ()
            if self.size + needed > self.limit:
                return [*dropped, (key, block)]
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group()
            self.size += GROUP_OVERHEAD
        (group.failing if failing else group.healthy).append(block)
        self.size += block.size
        self.rows += block.rows
        return dropped

    def due(self, before_failing: float, before_healthy: float) -> GroupKey | None:
        """A group with a failing row, or else any row, that was logged before the given time."""
        for key, group in self._groups.items():
            if group.failing and group.failing[0].at <= before_failing:
                return key
            if group.oldest <= before_healthy:
                return key
        return None

    def take(self, key: GroupKey, most_bytes: int) -> list[Block]:
        """The first blocks of a group that fit into one batch, failing ones first; they have left the queue."""
        group = self._groups.pop(key)
        taken: list[Block] = []
        size = rows = 0
        first = group.oldest
        for blocks in (group.failing, group.healthy):
            while blocks and rows < MOST_ROWS and blocks[0].at <= first + MOST_SECONDS:
                if taken and size + blocks[0].size > most_bytes:
                    break
                size += blocks[0].size
                rows += blocks[0].rows
                taken.append(blocks.popleft())
        self.size -= size
        self.rows -= rows
        if group:
            self._groups[key] = group
        else:
            self.size -= GROUP_OVERHEAD
        return taken

    def _make_room(self, needed: int) -> Iterator[tuple[GroupKey, Block]]:
        for key in list(self._groups):
            group = self._groups[key]
            while group.healthy and self.size + needed > self.limit:
                block = group.healthy.popleft()
                self.size -= block.size
                self.rows -= block.rows
                yield key, block
            if not group:
                del self._groups[key]
                self.size -= GROUP_OVERHEAD
            if self.size + needed <= self.limit:
                return
