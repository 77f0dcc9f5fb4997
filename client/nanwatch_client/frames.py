"""Frames of pandas and polars: one row as pandas keeps it, several by what the frame says of itself.

Nothing is imported for that: who has a frame has its library loaded.
"""

from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.arrays import array_of
from nanwatch_client.cells import (
    NESTED,
    TEXT,
    TEXTS,
    FrameTime,
    UnusableError,
    array_of_objects,
    waiting_cells,
)
from nanwatch_client.records import Record

Array = NDArray[Any]

_OF_ARROW = frozenset((str, float, int, bool))  # as pandas gives them too
MOST_NAMES_SEEN = 64
_names_seen: dict[int, tuple[Any, tuple[Any, ...]]] = {}  # by their number: of the last frame with so many columns
_NAT = np.iinfo(np.int64).min  # NaT of numpy


def row_of_frame(frame: Any) -> Record | Array | None:
    """A pandas frame of one row whose columns differ: an array of numbers, or a record where there is a text.

    None for any other frame. Raises UnusableError.

    Where types differ, `to_numpy` of one row takes four times as long as the blocks that pandas keeps columns of one
    type in (pandas 3.1: 32 and 7 us). Nothing says that it always will: what looks otherwise is left to `to_numpy`.
    """
    try:
        blocks = _blocks_of_frame(frame)
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    if blocks is None:
        return None
    numbers, places, cells = blocks
    waiting = waiting_cells(cells)
    if waiting is None:
        return None
    if TEXTS.isdisjoint(map(type, waiting)):
        row = np.empty((1, len(frame.columns)))
        row[0, places] = np.array(waiting, np.float64)  # None becomes NaN
        for where, array in numbers:
            row[0, where] = array
        return row
    names = _names_of(frame.columns)
    if len(set(names)) < len(names):
        return None
    return Record(
        tuple([names[place] for place in places]),
        waiting,
        nested=True,
        kinds=tuple([TEXT if type(cell) in TEXTS else "d" for cell in waiting]),
        numbers=[(_at(names, where), array) for where, array in numbers],
    )


def cells_of_frame(names: list[Any], cells: Array) -> Array | dict[Any, Array]:
    """Those of shape (rows, columns) as numbers; by their columns where some are texts, or lists next to single ones.

    By their places all the same where two columns have one name. Raises UnusableError.
    """
    nested = {isinstance(cell, NESTED) for cell in cells[:1].ravel().tolist()}
    alike = len(set(names)) < len(names)
    try:
        found = array_of_objects(cells)
    except UnusableError:
        if alike or nested == {True}:
            raise
    else:
        if alike or found.dtype.kind not in "US":
            return found
    return {name: _read(name, column) for name, column in zip(names, cells.T, strict=True)}


def has_times(frame: Any) -> bool:
    """Whether it is a frame of polars with times, which its `to_numpy` writes as numbers next to numbers."""
    return hasattr(type(frame), "iter_rows") and any(kind.is_temporal() for kind in frame.dtypes)


def columns_of_polars(frame: Any) -> dict[Any, Array]:
    """Those of a frame of polars by their names. Raises UnusableError."""
    return {column.name: _read(column.name, column) for column in frame.get_columns()}


def columns_of_table(table: Any) -> dict[Any, Array]:
    """Those of an Arrow table by their names, or by their places where two have one name. Raises UnusableError."""
    names = table.column_names
    keys = names if len(set(names)) == len(names) else range(len(names))
    return {key: _read(name, table.column(place)) for place, (key, name) in enumerate(zip(keys, names, strict=True))}


def _read(name: Any, column: Any) -> Array:
    """One column, of shape (rows, 1) or (rows, length of its lists)."""
    read = array_of(f"column {name}", column)
    return read[:, None] if read.ndim == 1 else read


def _blocks_of_frame(frame: Any) -> tuple[list[tuple[Any, Array]], list[int], list[Any]] | None:
    """The only row: numbers of numpy as float64 with their places, then the places of the other cells and these cells.

    None where all are numbers, which `to_numpy` reads sooner. Raises several errors where pandas keeps them otherwise.
    """
    blocks = frame._mgr.blocks
    if len(frame.index) != 1 or len(blocks) == 1:
        return None
    held = [(block.mgr_locs.indexer, block.values) for block in blocks]
    kinds = {values.dtype.kind if type(values) is np.ndarray else "O" for _, values in held}
    if kinds <= {"i", "u", "f"} or kinds == {"b"}:
        return None
    numbers: list[tuple[Any, Array]] = []
    places: list[int] = []
    cells: list[Any] = []
    for where, values in held:
        if values.ndim == 1:
            places.append(where.start)
            cells.append(_cell_of(values, 0))
        elif type(values) is np.ndarray and values.dtype.kind in "iufb":
            numbers.append((where, values[:, 0].astype(np.float64)))
        else:
            places += range(where.start, where.stop, where.step or 1) if type(where) is slice else where.tolist()
            cells += values[:, 0].tolist() if type(values) is np.ndarray else _row_of_times(values)
    return numbers, places, cells


def _row_of_times(values: Any) -> list[Any]:
    kept, zone = values._ndarray, getattr(values.dtype, "tz", None)
    if kept.dtype.kind not in "mM":  # periods, which pandas keeps as numbers
        raise TypeError
    counts = kept.view(np.int64)[:, 0].tolist()
    return [None if count == _NAT else FrameTime(count, kept.dtype, zone) for count in counts]


def _cell_of(values: Any, place: int) -> Any:
    """Of a column of an extension type, from what it is kept in: its own `[]` takes up to five times as long."""
    if (arrow := getattr(values, "_pa_array", None)) is not None:
        cell = arrow[place].as_py()
        return cell if type(cell) in _OF_ARROW else values[place]
    if (mask := getattr(values, "_mask", None)) is not None:
        return None if mask[place] else values._data[place]
    if (categories := getattr(values, "categories", None)) is not None:
        code = values._ndarray[place]
        return nan if code < 0 else _cell_of(categories._values, int(code))
    return values[place]


def _names_of(columns: Any) -> tuple[Any, ...]:
    """The same objects with each row of a service, or Arrow's texts would be made, hashed and compared each time."""
    arrow = getattr(columns._values, "_pa_array", None)  # `array` is not there for columns of several levels
    if arrow is None:
        return tuple(columns.tolist())
    known, names = _names_seen.get(len(arrow), (None, ()))
    if known is None or not known.equals(arrow):
        if len(_names_seen) >= MOST_NAMES_SEEN:
            _names_seen.clear()
        names = tuple(arrow.to_pylist())
        _names_seen[len(arrow)] = (arrow, names)
    return names


def _at(names: tuple[Any, ...], where: Any) -> tuple[Any, ...]:
    return names[where] if type(where) is slice else tuple([names[place] for place in where.tolist()])
