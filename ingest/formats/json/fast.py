"""Bodies of plain numbers at the speed of a parser in C that does not read NaN.

msgspec reads JSON eight times as fast as the standard library and refuses the bare tokens. Where all cells are
numbers, a number of the same length stands in for NaN, and the cells that come out with its value become NaN. That is
safe because such a token stands alone between commas and brackets: it is a cell, or lies in a text, or the JSON is
invalid anyway. Else tokens are put between quotes: inside tensors a token and its text mean the same. That is safe
because a text without escapes ends at the next quote: quotes around a token inside a text, or next to another value,
make the JSON invalid. Whatever may come out differently from the slow decoder (escapes, a field given twice, a token
outside the tensors, a number that overflows, invalid JSON) is left to the slow decoder, and so are all messages.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np

from ingest.limits import MAX_JSON_OBJECTS
from nantrace.tensors.tensor import Array

_STAND_IN = b"9e9"
_STANDS_IN = _STAND_IN, msgspec.json.encode(float(_STAND_IN))
_N, _A = b"Na"
_BEFORE, _AFTER = (np.isin(np.arange(256), list(marks)) for marks in (b"[, \t\r\n", b"], \t\r\n"))
_PLAIN = (np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.bool_))


def decode_certain(text: bytes, tensors: Collection[str]) -> dict[str, Any] | None:
    """The object, or None where the slow decoder must read the text.

    In its fields `tensors` lists of nothing but numbers are arrays, and other lists have their tokens as texts.
    """
    if b"\\" in text or b"\0" in text or _count(text, b"{") > MAX_JSON_OBJECTS:
        return None
    return _of_numbers(text, tensors) or _of_any_cells(text, tensors)


def _of_numbers(text: bytes, tensors: Collection[str]) -> dict[str, Any] | None:
    numbers, tokens = _with_stand_ins(text)
    decoded, skeleton = _decoded(numbers, tensors)
    if decoded is None:
        return None
    if _count(skeleton, b'"') < _count(text, b'"'):  # there are texts among the cells
        return None if tokens else decoded
    sides = {name: _with_arrays(decoded[name]) for name in tensors if name in decoded}
    if tokens and (any(mark in skeleton for mark in _STANDS_IN) or not _with_nan(sides, tokens)):
        return None
    return {**decoded, **sides}


def _of_any_cells(text: bytes, tensors: Collection[str]) -> dict[str, Any] | None:
    quoted = _with_quoted_tokens(text)
    decoded, skeleton = _decoded(quoted, tensors)
    return None if quoted is not text and (b"NaN" in skeleton or b"Infinity" in skeleton) else decoded


def _decoded(text: bytes | bytearray, tensors: Collection[str]) -> tuple[dict[str, Any] | None, bytes]:
    """The object, and what of it is no list of cells as JSON; None where it is not certain."""
    try:
        decoded = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None, b""
    if not isinstance(decoded, dict):
        return None, b""
    skeleton = msgspec.json.encode(
        {name: _frame(value) if name in tensors else value for name, value in decoded.items()}
    )
    if _count(skeleton, b":") != _count(text, b":"):  # a name stands twice, or there are objects among the cells
        return None, b""
    return decoded, skeleton


def _count(text: bytes | bytearray, letter: bytes) -> int:
    """Many times as fast as `text.count` where the letter is rare."""
    return len(text) - len(text.replace(letter, b""))


def _frame(value: Any) -> Any:
    """What is no list of cells in a tensor or an object of tensors."""
    if isinstance(value, Mapping):
        return {name: _frame(inner) for name, inner in value.items()}
    return None if isinstance(value, list) else value


def _with_quoted_tokens(text: bytes) -> bytes:
    if b"NaN" in text:
        text = text.replace(b'"NaN"', b"NaN").replace(b"NaN", b'"NaN"')
    if b"Infinity" in text:
        text = text.replace(b'"Infinity"', b"Infinity").replace(b'"-Infinity"', b"-Infinity")
        text = text.replace(b"-Infinity", b'"-\0"').replace(b"Infinity", b'"Infinity"').replace(b"\0", b"Infinity")
    return text


def _with_stand_ins(text: bytes) -> tuple[bytes | bytearray, int]:
    """The text with a number for each NaN that stands alone between commas and brackets, and how many these are."""
    raw = np.frombuffer(text, np.uint8)
    at = np.flatnonzero(raw[1:-3] == _N) + 1
    at = at[(raw[at + 1] == _A) & (raw[at + 2] == _N)]
    at = at[_BEFORE[raw[at - 1]] & _AFTER[raw[at + 3]]]
    if not len(at):
        return text, 0
    changed = bytearray(text)
    letters = np.frombuffer(changed, np.uint8)
    for offset, letter in enumerate(_STAND_IN):
        letters[at + offset] = letter
    return changed, len(at)


def _with_arrays(value: Any) -> Any:
    """A side of a batch without texts, its lists of numbers as arrays; other lists stay as they are."""
    if isinstance(value, Mapping):
        return {name: _with_arrays(inner) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    try:
        cells = np.array(value)
    except (ValueError, OverflowError):  # ragged
        return value
    return cells if cells.dtype in _PLAIN else value


def _with_nan(sides: Mapping[str, Any], tokens: int) -> bool:
    """Turns stand-ins into NaN; False where that is not certain: cells are no array, or such a number was sent."""
    found = []
    for cells in _cells(sides):
        if isinstance(cells, list):  # its stand-ins would not be counted
            return False
        found.append((cells, cells == float(_STAND_IN)))
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
