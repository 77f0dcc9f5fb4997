"""Answers too wide to be sent, narrowed to what a comparison of two replays needs.

A model may answer a row with as many cells as it likes; the worker only asks whether two replays of a row agree.
Numbers become the minimum, the maximum and the mean magnitude of blocks: NaN and infinity in any cell show in its
block, and an answer that moves moves one of the three. Whole numbers become a sum for each block, which a change of any
cell changes, texts their beginning and a checksum. What is done depends on shapes and dtypes alone, so that equal
answers stay equal.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
WIDEST = 16_384  # cells of a row, of all outputs together
MOST_CELLS = 4_000_000  # of all rows that are compared with each other
NARROWEST = 24
LEAST_TEXT = 16  # characters that a text keeps; where there is no room for so many, numbers stand for texts
CHECKSUM = 8  # hexadecimal digits
SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: neighbours end far from each other


def width_for(rows: int, most: int = MOST_CELLS) -> int:
    """Cells that the answer to each of so many rows may have, so that all of them have at most about `most`."""
    return max(NARROWEST, min(WIDEST, most // max(rows, 1)))


def narrowed(outputs: Mapping[str, Any], width: int) -> tuple[dict[str, Array], list[str]]:
    """Outputs (rows, ...) as arrays of about `width` cells a row together; the names of those that hold other numbers.

    Text becomes unicode, bfloat16 float32, which holds each of its values.
    """
    share = max(3, width // max(len(outputs), 1))
    found = {name: np.asarray(tensor) for name, tensor in outputs.items()}
    wide = [name for name, array in found.items() if _cells(array) > share]
    return {name: _narrow(array, share) for name, array in found.items()}, wide


def _cells(array: Array) -> int:
    """Of one row; a text counts as the least that is kept of one."""
    cells = array.size // len(array) if array.ndim and len(array) else 0
    return cells * LEAST_TEXT if array.dtype == object else cells


def _narrow(array: Array, share: int) -> Array:
    if array.dtype == object and _cells(array) <= share:
        room = share * len(array) // max(array.size, 1) if array.ndim else share
        return np.array([_cut(_text(one), room) for one in array.ravel()], dtype="U").reshape(array.shape)
    if array.dtype == object:
        array = np.array([crc32(_text(one).encode()) for one in array.ravel()], np.uint32).reshape(array.shape)
    elif array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if _cells(array) <= share:
        return array
    flat = array.reshape(len(array), -1)
    return _extremes(flat, share // 3) if array.dtype.kind == "f" else _sums(flat, share)


def _extremes(flat: Array, blocks: int) -> Array:
    """(rows, cells) of floats as (rows, 3 * blocks) of the same dtype."""
    starts, sizes = _blocks(flat.shape[1], blocks)
    narrow = np.empty((len(flat), 3, blocks), flat.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        for (low, high, middle), cells in zip(narrow, flat, strict=True):
            low[:], high[:] = np.minimum.reduceat(cells, starts), np.maximum.reduceat(cells, starts)
            mean = np.add.reduceat(np.abs(cells), starts, dtype=np.float64) / sizes
            middle[:] = np.where(np.isinf(mean), high, mean)  # finite numbers may have no finite sum
    return narrow.reshape(len(flat), 3 * blocks)


def _sums(flat: Array, blocks: int) -> Array:
    """(rows, cells) of whole numbers as (rows, blocks) of 32 bits, which a float64 holds."""
    starts, _ = _blocks(flat.shape[1], blocks)
    factors = np.arange(1, flat.shape[1] + 1, dtype=np.uint64) * SPREAD | np.uint64(1)
    narrow = np.empty((len(flat), blocks), np.uint32)
    for row, cells in zip(narrow, flat, strict=True):
        row[:] = np.add.reduceat(cells.astype(np.int64).view(np.uint64) * factors, starts) >> np.uint64(32)
    return narrow


def _blocks(cells: int, blocks: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where so many blocks of about equal size begin, and their sizes."""
    starts = np.arange(blocks) * cells // blocks
    return starts, np.diff(np.append(starts, cells))


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return f"{text[: room - CHECKSUM]}{crc32(text.encode()):0{CHECKSUM}x}"


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
