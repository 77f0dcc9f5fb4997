"""Cells of Python objects, as serving code has them in frames and lists -> numbers or texts.

A missing cell is None, NaN or NaT in pandas' and numpy's several forms. Nothing is imported for that: where pandas made
the cell, the process has it loaded.
"""

import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class WaitingTime:
    """A time that is written as text when it is sent: to write a row of them takes longer than all else."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __sizeof__(self) -> int:
        return TIME_BYTES

    def isoformat(self) -> str:
        """In words, as Python's or pandas' own object says it."""
        return str(self.value.isoformat())


class FrameTime:
    """One of a frame's column, of which pandas takes several microseconds to make an object.

    `count` of the units of `dtype`: since 1970, in UTC where there is a `zone`, or of a duration.
    """

    __slots__ = ("count", "dtype", "zone")

    def __init__(self, count: int, dtype: np.dtype[Any], zone: Any) -> None:
        self.count, self.dtype, self.zone = count, dtype, zone

    def __sizeof__(self) -> int:
        return FRAME_TIME_BYTES

    def isoformat(self) -> str:
        """In words, as pandas' own object would say it."""
        pandas, value = sys.modules["pandas"], np.int64(self.count).view(self.dtype)
        if self.dtype.kind == "m":
            return str(pandas.Timedelta(value).isoformat())
        time = pandas.Timestamp(value)
        return str((time if self.zone is None else time.tz_localize("UTC").tz_convert(self.zone)).isoformat())


TEXT = "U"
TEXTS = frozenset((str, bytes, WaitingTime, FrameTime))  # what is sent as text, of the cells that wait
TIME_BYTES, FRAME_TIME_BYTES = 192, 96  # with all that is its own, at most
NESTED = (list, tuple, np.ndarray)  # what is no cell by itself, but a row of them
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
_ZONES = frozenset((type(None), timezone, ZoneInfo))  # known not to change, nor to raise when they are asked later


class UnusableError(ValueError):
    """What was logged is no rows of numbers or texts."""


def array_of_objects(array: Array) -> Array:
    """Numbers as float64, a missing one NaN; where a cell is text all are, a missing one "" and NaN "nan".

    Where a cell is bytes that are no text (an image, a tf.Example) all are bytes, as base64 in an `S` array.
    Raises UnusableError.
    """
    cells = array.ravel().tolist()
    kinds = set(map(type, cells))
    if not kinds.isdisjoint(NESTED):
        return _of_nested(array)
    plain = cells if kinds <= _NUMBERS else plain_cells(cells)
    kinds = set(map(type, plain))
    if bytes in kinds:
        return np.array([b64encode(_bytes_of(cell)) for cell in plain]).reshape(array.shape)
    if str in kinds:
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
        read = _KEPT_AS.get
        try:
            cells = [cell if (kind := type(cell)) in _KINDS else read(kind, _read_at_once)(cell) for cell in cells]
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
    """Each a number, a text, bytes that are none, or None where it is missing; raises UnusableError."""
    read = _READERS.get
    return [cell if (kind := type(cell)) in _NUMBERS else read(kind, _plain)(cell) for cell in cells]


def texts_of_times(array: Array) -> Array:
    """Times and durations of numpy in words, NaT as ""; one alone is a missing number."""
    if array.ndim == 0 and np.isnat(array):
        return np.array(np.nan)
    return np.where(np.isnat(array), "", array.astype(str))


def text_of(cell: str) -> str:
    """Unicode that can be stored; what is none is replaced by a question mark."""
    return cell.encode("utf-8", "replace").decode()


def _text_or_bytes(cell: bytes) -> str | bytes:
    """A text, unless it is none; an array of texts would lose a NUL at the end."""
    try:
        return cell if cell.endswith(b"\0") else cell.decode()
    except UnicodeDecodeError:
        return cell


def _bytes_of(cell: float | str | bytes | None) -> bytes:
    return cell if isinstance(cell, bytes) else b"" if cell is None else str(cell).encode()


def _is_of_gaps(kind: type) -> bool:
    """Whether it is the type of `pandas.NA` or `pandas.NaT`, each of which has one object only."""
    return kind.__name__ in ("NAType", "NaTType") and kind.__module__.startswith("pandas")


def _plain(cell: Any) -> float | str | bytes | None:
    """A number, a text, bytes, or None where the cell is missing; raises UnusableError."""
    if cell is None or isinstance(cell, (int, float)):
        return cell
    if _is_of_gaps(type(cell)):
        return None
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
        raise UnusableError(
            f"a cell is a {type(cell).__name__}, neither number nor text; log what the model gets"
        ) from None


def _number(cell: Decimal) -> float | None:
    return None if cell.is_nan() else float(cell)  # a signalling NaN has no float


def _read_at_once(cell: Any) -> float | str | bytes | WaitingTime | None:
    """What is surely one cell; raises UnusableError for all else."""
    if _is_of_gaps(type(cell)):
        return None
    if isinstance(cell, datetime):  # that of pandas too
        return _kept_time(cell)
    if isinstance(cell, _SURELY_ONE) or hasattr(type(cell), "isoformat"):
        return _plain(cell)
    raise UnusableError


def _kept_time(cell: datetime) -> WaitingTime | str:
    return WaitingTime(cell) if type(cell.tzinfo) in _ZONES else cell.isoformat()


def _text_in(cell: Any) -> str | bytes | None:
    """Texts and bytes as they are, times as ISO 8601, identifiers as they are written; None of anything else."""
    if isinstance(cell, str):
        return text_of(cell)
    if isinstance(cell, bytes):
        return _text_or_bytes(cell)
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
        raise UnusableError("its cells are lists of different lengths; pad them, or log row by row")
    return array_of_objects(opened.reshape(*array.shape, *opened.shape[1:]))


_SURELY_ONE = (Decimal, str, bytes, UUID, np.datetime64, np.timedelta64)
_READERS: dict[
    type, Callable[[Any], float | str | bytes | None]
] = {  # by type, the cells of which there may be many in a row
    Decimal: _number,
    bytes: _text_or_bytes,
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}
_KEPT_AS: dict[type, Callable[[Any], float | str | bytes | WaitingTime | None]] = {**_READERS, datetime: _kept_time}
