"""Cells of Python objects, as serving code has them in frames and lists -> numbers or texts.

A missing cell is None, NaN or NaT in pandas' and numpy's several forms. Nothing is imported for that: where pandas made
the cell, the process has it loaded.
"""

import sys
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_NESTED = frozenset((list, tuple, np.ndarray))
_NUMBERS = frozenset((float, int, bool, type(None)))


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
    if any(isinstance(cell, str) for cell in plain):
        return np.array(["" if cell is None else str(cell) for cell in plain]).reshape(array.shape)
    try:
        return np.array(plain, dtype=np.float64).reshape(array.shape)  # None becomes NaN
    except OverflowError:
        raise UnusableError("a whole number is larger than float64 holds") from None


def plain_cells(cells: list[Any]) -> list[Any]:
    """Each a number, a text, or None where it is missing; raises UnusableError."""
    missing = {id(one) for one in missing_of_pandas()}
    return [cell if type(cell) in _NUMBERS else None if id(cell) in missing else _plain(cell) for cell in cells]


def texts_of_times(array: Array) -> Array:
    """Times and durations of numpy in words, NaT as ""."""
    return np.where(np.isnat(array), "", array.astype(str))


def text_of(cell: str | bytes) -> str:
    """Unicode that can be stored; what is none is replaced by a question mark."""
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell
    return text.encode("utf-8", "replace").decode()


def missing_of_pandas() -> tuple[object, ...]:
    """NA and NaT, where this process has pandas loaded."""
    pandas = sys.modules.get("pandas")
    return () if pandas is None else (getattr(pandas, "NA", None), getattr(pandas, "NaT", None))


def _plain(cell: Any) -> float | str | None:
    """A number, a text, or None where the cell is missing; raises UnusableError."""
    if cell is None or isinstance(cell, (int, float)):
        return cell
    if isinstance(cell, Decimal):
        return None if cell.is_nan() else float(cell)  # a signalling NaN has no float
    if isinstance(cell, (np.datetime64, np.timedelta64)):
        return None if np.isnat(cell) else str(cell)
    text = _text_in(cell)
    if text is not None:
        return text
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        raise UnusableError(f"a cell is a {type(cell).__name__}, neither number nor text") from None


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
