"""One row whose columns have names and types of their own: a dict of cells, or a frame of one row.

An array for each of 30 columns takes longer than all else that is done with the row, so that numbers of one type lie
side by side until they are sent.
"""

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.cells import missing_of_pandas, plain_cells, text_of

Array = NDArray[Any]


class RecordColumns(NamedTuple):
    """Columns that lie side by side on the second axis of one array."""

    side: str
    names: Sequence[Any]

    def __str__(self) -> str:
        return f"{self.side}.{self.names[0]}"


Name = str | RecordColumns  # on the wire, of one tensor or of as many as there are columns

_DTYPES = {float: np.dtype(np.float64), int: np.dtype(np.int64), bool: np.dtype(bool)}
_NAN = float("nan")
_NESTED = frozenset((list, tuple, np.ndarray))
_SIMPLE = frozenset((*_DTYPES, str, type(None)))


def record(side: str, row: Mapping[Any, Any], *, nested: bool = False) -> dict[Name, Array] | None:
    """The row as few arrays, numbers of shape (1, columns), texts of shape (); None where it holds more than cells.

    None is NaN, and so is what pandas has for a missing cell. `nested`: each column has an axis more, as in a frame.
    """
    cells = _simple(list(row.values()))
    if not cells:
        return None
    names, kinds = tuple(row), set(map(type, cells))
    arrays: dict[Name, Array] = {}
    try:
        for kind, dtype in _DTYPES.items():
            if kind in kinds:
                several, numbers = (names, cells) if len(kinds) == 1 else _of_type(kind, names, cells)
                arrays[RecordColumns(side, several)] = np.array(numbers, dtype).reshape(
                    (1, -1, 1) if nested else (1, -1)
                )
    except OverflowError:  # a whole number beyond int64
        return None
    if str in kinds:
        for name, cell in zip(*_of_type(str, names, cells), strict=True):
            arrays[f"{side}.{name}"] = np.array(text_of(cell)).reshape((1, 1) if nested else ())
    return arrays


def columns_of(name: Name, array: Array) -> dict[str, Array]:
    """The tensor as it is sent: under its name, or a tensor for each of its columns."""
    if isinstance(name, str):
        return {name: array}
    return {f"{name.side}.{one}": array[:, place] for place, one in enumerate(name.names)}


def row_of_frame(frame: Any) -> dict[Any, float | str | None] | Array | None:
    """A pandas frame of one row whose columns differ: an array of numbers, or cells by name where there is a text.

    None for any other frame. Raises UnusableError.
    """
    cells = _cells_of_frame(frame)
    if cells is None:
        return None
    plain = plain_cells(cells)
    try:
        if str not in set(map(type, plain)):
            return np.array([plain], np.float64)  # None becomes NaN
        numbers = [cell if cell is None or isinstance(cell, str) else float(cell) for cell in plain]
    except OverflowError:
        return None
    return dict(zip(frame.columns.tolist(), numbers, strict=True))


def _simple(cells: list[Any]) -> list[Any] | None:
    """Numbers and texts, a missing one NaN; None where there is anything else."""
    kinds = set(map(type, cells))
    if not kinds <= _SIMPLE:
        if not kinds <= _SIMPLE | {Decimal} | set(map(type, missing_of_pandas()[:1])):  # NaT alone is a missing time
            return None
        cells = plain_cells(cells)
    return cells if kinds <= _DTYPES.keys() else [_NAN if cell is None else cell for cell in cells]


def _of_type(kind: type, names: tuple[Any, ...], cells: list[Any]) -> tuple[tuple[Any, ...], list[Any]]:
    chosen = [type(cell) is kind for cell in cells]
    return tuple(itertools.compress(names, chosen)), list(itertools.compress(cells, chosen))


def _cells_of_frame(frame: Any) -> list[Any] | None:
    """Cells of the only row, in the order of the columns; None where all are numbers, which `to_numpy` reads sooner.

    Where types differ, `to_numpy` of one row takes four times as long as the blocks that pandas keeps columns of one
    type in (pandas 3.1: 32 and 7 us). Nothing says that it always will: what looks otherwise is left to `to_numpy`.
    """
    try:
        (rows, columns), blocks = frame.shape, frame._mgr.blocks
        if rows != 1 or len(blocks) == 1:
            return None
        kinds = {block.values.dtype.kind if type(block.values) is np.ndarray else "O" for block in blocks}
        if kinds <= {"i", "u", "f"} or kinds == {"b"}:
            return None
        cells = [None] * columns
        for block in blocks:
            values = block.values
            row = values[:, 0].tolist() if values.ndim == 2 else [values[0]]
            for place, cell in zip(block.mgr_locs.as_array.tolist(), row, strict=True):
                cells[place] = cell
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    return cells if _NESTED.isdisjoint(map(type, cells)) else None
