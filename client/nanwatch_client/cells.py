"""Cells of Python objects, as serving code has them in frames and lists -> numbers or texts.

A missing cell is None, NaN or NaT in pandas' and numpy's several forms. Nothing is imported for that: where pandas made
the cell, the process has it loaded.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class PandasTime:
    """A time or a duration of a frame's column, which pandas takes several microseconds to make an object of."""

    __slots__ = ("value", "zone")

    def __init__(self, value: "np.datetime64 | np.timedelta64", zone: Any) -> None:
        self.value, self.zone = value, zone

    def isoformat(self) -> str:
        """In words, as pandas' own object would say it."""
        pandas = sys.modules["pandas"]
        if isinstance(self.value, np.timedelta64):
            return str(pandas.Timedelta(self.value).isoformat())
        time = pandas.Timestamp(self.value)
        return str((time if self.zone is None else time.tz_localize("UTC").tz_convert(self.zone)).isoformat())


TEXT = "U"
TEXTS = frozenset((str, PandasTime))  # what is sent as text, of the cells that wait
_NESTED = frozenset((list, tuple, np.ndarray))
_NUMBERS = frozenset((float, int, bool, type(None)))
_INT64 = np.dtype(np.int64).char
_KINDS: dict[type, str] = {  # of what nobody can change: the character of the dtype in which it is sent
    **{np.dtype(char).type: char for char in "?bBhHiIlLqQefd"},
    float: "d",
    int: _INT64,
    bool: "?",
    type(None): "d",
    **dict.fromkeys(TEXTS, TEXT),
}
_LEAST, _MOST = -(2**63), 2**63 - 1


class UnusableError(ValueError):
    """What was logged is no rows of numbers or texts."""


def array_of_objects(array: Array) -> Array:
    """Numbers as float64, a missing one NaN; where a cell is text all are, a missing one "" and NaN "nan".

    Raises UnusableError.
    """
    cells = array.ravel().tolist()
    kinds = set(map(type, cells))
    if not kinds.isdisjoint(_NESTED):
        return _of_nested(array)
    plain = cells if kinds <= _NUMBERS else plain_cells(cells)
    if str in set(map(type, plain)):
        return np.array(["" if cell is None else str(cell) for cell in plain]).reshape(array.shape)
    try:
        return np.array(plain, dtype=np.float64).reshape(array.shape)  # None becomes NaN
    except OverflowError:
        raise UnusableError("a whole number is larger than float64 holds") from None


def waiting_cells(cells: list[Any]) -> list[Any] | None:
    """The cells of a row as they may wait until they are sent: numbers, texts and None, which nobody can change.

    None where one is something that numpy has to read: it may be an array, or a whole number beyond int64.
    """
    kinds = set(map(type, cells))
    if not kinds <= _KINDS.keys():
        try:
            cells = [
                cell if (kind := type(cell)) in _KINDS else _READERS.get(kind, _read_at_once)(cell) for cell in cells
            ]
        except UnusableError:
            return None
    if int in kinds:
        whole = [cell for cell in cells if type(cell) is int]
        if min(whole) < _LEAST or max(whole) > _MOST:
            return None
    return cells


def kinds_of(cells: list[Any]) -> tuple[str, ...]:
    """The character of the dtype in which each of the cells that wait is sent."""
    return tuple([_KINDS[type(cell)] for cell in cells])


def plain_cells(cells: list[Any]) -> list[Any]:
    """Each a number, a text, or None where it is missing; raises UnusableError."""
    missing, read = _missing(), _READERS.get
    return [
        cell if (kind := type(cell)) in _NUMBERS else None if id(cell) in missing else read(kind, _plain)(cell)
        for cell in cells
    ]


def texts_of_times(array: Array) -> Array:
    """Times and durations of numpy in words, NaT as ""."""
    return np.where(np.isnat(array), "", array.astype(str))


def text_of(cell: str | bytes) -> str:
    """Unicode that can be stored; what is none is replaced by a question mark."""
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell
    return text.encode("utf-8", "replace").decode()


def _missing() -> set[int]:
    """Where NA and NaT lie, if this process has pandas loaded."""
    pandas = sys.modules.get("pandas")
    return set() if pandas is None else {id(getattr(pandas, "NA", None)), id(getattr(pandas, "NaT", None))}


def _plain(cell: Any) -> float | str | None:
    """A number, a text, or None where the cell is missing; raises UnusableError."""
    if cell is None or isinstance(cell, (int, float)):
        return cell
    if isinstance(cell, Decimal):
        return _number(cell)
    if isinstance(cell, (np.datetime64, np.timedelta64)):
        return None if np.isnat(cell) else str(cell)
    text = _text_in(cell)
    if text is not None:
        return text
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        raise UnusableError(f"a cell is a {type(cell).__name__}, neither number nor text") from None


def _number(cell: Decimal) -> float | None:
    return None if cell.is_nan() else float(cell)  # a signalling NaN has no float


def _read_at_once(cell: Any) -> float | str | None:
    """What is surely one cell; raises UnusableError for all else."""
    if id(cell) in _missing():
        return None
    if isinstance(cell, _SURELY_ONE) or hasattr(type(cell), "isoformat"):
        return _plain(cell)
    raise UnusableError


def _text_in(cell: Any) -> str | None:
    """Texts as they are, times as ISO 8601, identifiers as they are written; None of anything else."""
    if isinstance(cell, (str, bytes)):
        return text_of(cell)
    if isinstance(cell, UUID):
        return str(cell)
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else None


def _of_nested(array: Array) -> Array:
    """A column whose cells are lists of one length."""
    try:
        opened = np.array([np.asarray(cell).tolist() for cell in array.ravel().tolist()], dtype=object)
    except ValueError:
        opened = array
    if opened.ndim < 2:
        raise UnusableError("its cells are lists of different lengths")
    return array_of_objects(opened.reshape(*array.shape, *opened.shape[1:]))


_SURELY_ONE = (Decimal, str, bytes, UUID, np.datetime64, np.timedelta64)
_READERS: dict[type, Callable[[Any], float | str | None]] = {  # by type, the cells of which there may be many in a row
    Decimal: _number,
    bytes: text_of,
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
}
