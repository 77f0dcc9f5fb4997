"""JSON cells that are nothing but numbers, NaN among them, as arrays.

A parser in C does not read NaN. It gets a number of the same length instead, and the cells that come out with its value
become NaN. That is safe because such a token stands alone between commas and brackets: it is a cell, or lies in a
text, or the JSON is invalid anyway. No cell needs to be looked at by itself, as is necessary where there are texts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nantrace.tensors.tensor import Array

_N, _A = b"Na"
STAND_IN = b"9e9"
_BEFORE, _AFTER = (np.isin(np.arange(256), list(marks)) for marks in (b"[, \t\r\n", b"], \t\r\n"))
_PLAIN = (np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.bool_))


def with_stand_ins(text: bytes) -> tuple[bytes | bytearray, int]:
    """The text with a number for each NaN that stands alone between commas and brackets, and how many these are."""
    raw = np.frombuffer(text, np.uint8)
    at = np.flatnonzero(raw[1:-3] == _N) + 1
    at = at[(raw[at + 1] == _A) & (raw[at + 2] == _N)]
    at = at[_BEFORE[raw[at - 1]] & _AFTER[raw[at + 3]]]
    if not len(at):
        return text, 0
    changed = bytearray(text)
    letters = np.frombuffer(changed, np.uint8)
    for offset, letter in enumerate(STAND_IN):
        letters[at + offset] = letter
    return changed, len(at)


def with_arrays(value: Any) -> Any:
    """A side of a batch without texts, its lists of numbers as arrays; other lists stay as they are."""
    if isinstance(value, Mapping):
        return {name: with_arrays(inner) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    try:
        cells = np.array(value)
    except (ValueError, OverflowError):  # ragged
        return value
    return cells if cells.dtype in _PLAIN else value


def with_nan(sides: Mapping[str, Any], tokens: int) -> bool:
    """Turns stand-ins into NaN; False where that is not certain: cells are no array, or such a number was sent."""
    found = []
    for cells in _cells(sides):
        if isinstance(cells, list):  # its stand-ins would not be counted
            return False
        found.append((cells, cells == float(STAND_IN)))
    if sum(np.count_nonzero(stood) for _, stood in found) != tokens:
        return False
    for cells, stood in found:
        if stood.any():
            cells[stood] = np.nan
    return True


def _cells(side: Any) -> Iterator[Array | list[Any]]:
    if isinstance(side, Mapping):
        for inner in side.values():
            yield from _cells(inner)
    elif isinstance(side, np.ndarray | list):
        yield side
