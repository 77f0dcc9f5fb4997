"""Rows as they wait in the queue: those of one call of `log` lie together, as a copy of their own."""

from collections.abc import Iterator, Sequence
from sys import getsizeof
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.request_scope import Request
from nanwatch_client.rows import Rows

Array = NDArray[Any]
Cells = tuple["bytes | Array", ...]  # per tensor: raw bytes, or an array of texts or cells; of all rows of the block

BLOCK_OVERHEAD = 512  # bytes that a block takes beside its cells, at most; with one tensor about 330
TENSOR_OVERHEAD = 192
ID_OVERHEAD = 64
ROUNDED_UP = 8  # of what an object takes, in the mean


class Block:
    """Some rows. Their request may be answered after they were queued."""

    __slots__ = ("at", "cells", "failing", "ids", "request", "rows", "size")

    def __init__(self, cells: Cells, ids: Sequence[str], at: float, failing: bool, request: Request | None) -> None:
        self.cells, self.ids, self.at, self.failing, self.request = cells, ids, at, failing, request
        self.rows = len(ids)
        size = BLOCK_OVERHEAD + TENSOR_OVERHEAD * len(cells) + ID_OVERHEAD * len(ids)
        for cell in cells:
            size += len(cell) if type(cell) is bytes else _held(cell)  # type: ignore[arg-type]
        for one in ids:
            size += 4 * len(one)
        self.size = size

    @property
    def nonfinite(self) -> int:
        """How many of the rows hold a NaN or an infinity: all or none."""
        return self.rows if self.failing else 0


def blocks_of(
    rows: Rows, chosen: list[int], ids: Sequence[str], at: float, failing: bool, request: Request | None, most: int
) -> Iterator[Block]:
    """Copies of the chosen rows, as few blocks of at most `most` bytes as they need; one row may be larger."""
    block = Block(
        _cells(rows, chosen), [ids[row] for row in chosen] if ids else [""] * len(chosen), at, failing, request
    )
    if block.size <= most or block.rows == 1:
        yield block
        return
    half = len(chosen) // 2
    yield from blocks_of(rows, chosen[:half], ids, at, failing, request, most)
    yield from blocks_of(rows, chosen[half:], ids, at, failing, request, most)


def _cells(rows: Rows, chosen: list[int]) -> Cells:
    positions = None if len(chosen) == rows.length else np.array(chosen)  # once for all tensors
    cells: list[bytes | Array] = []
    for array in rows.arrays.values():
        part = array if positions is None else array.take(positions, axis=0)
        cells.append(part.copy() if part.dtype.char in "USO" else part.tobytes())
    return tuple(cells)


def _held(cells: Array) -> int:
    """Bytes of an array of texts, or of one of cells that wait to be read."""
    if cells.dtype.char != "O":
        return cells.nbytes
    return ROUNDED_UP * cells.size + cells.nbytes + sum(map(getsizeof, cells.ravel().tolist()))
