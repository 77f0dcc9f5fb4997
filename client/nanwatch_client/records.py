"""One row whose columns have names and types of their own: a dict of cells, or a frame of one row.

An array for each of 30 columns takes longer than all else that is done with the row, and so does reading each cell by
its type. So they lie side by side until they are sent, as one array of numbers or as the objects that they were.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.cells import TEXT, TEXTS, PandasTime, array_of_objects, kinds_of, waiting_cells

Array = NDArray[Any]


class RecordColumns(NamedTuple):
    """Columns that lie side by side on the second axis of one array, of numbers or of objects.

    `kinds` has the character of the dtype in which each object is sent. Without names they are one tensor of texts.
    """

    side: str
    names: tuple[Any, ...]
    kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.side}.{self.names[0]}" if self.names else self.side


class Record:
    """One row by the names of its columns, as it may wait. `nested`: each column has an axis more, as in a frame.

    `kinds` as in `RecordColumns`; empty where they are those of the cells. `numbers`: columns that were an array of
    shape (columns,) already, by their names. `finite`: whether nothing is missing, NaN or an infinity.
    """

    __slots__ = ("cells", "finite", "kinds", "names", "nested", "numbers")

    def __init__(
        self,
        names: tuple[Any, ...],
        cells: list[Any],
        nested: bool,
        kinds: tuple[str, ...] = (),
        numbers: Sequence[tuple[tuple[Any, ...], Array]] = (),
    ) -> None:
        self.names, self.cells, self.nested, self.kinds, self.numbers = names, cells, nested, kinds, numbers
        self.finite = all_finite(cells)
        for _, array in numbers:
            self.finite = self.finite and b"\0" not in np.isfinite(array).tobytes()

    def tensors(self, side: str) -> "dict[Name, Array]":
        """The row as few arrays of shape (1, columns), of numbers where all are of one kind; None becomes NaN."""
        kinds = self.kinds or kinds_of(self.cells)
        alone = kinds[0] != TEXT and kinds.count(kinds[0]) == len(kinds)
        array = np.array(self.cells, kinds[0] if alone else object)
        shape = (1, -1, 1) if self.nested else (1, -1)
        found: dict[Name, Array] = {RecordColumns(side, self.names, () if alone else kinds): array.reshape(shape)}
        for names, numbers in self.numbers:
            found[RecordColumns(side, names)] = numbers.reshape(shape)
        return found


Name = str | RecordColumns  # on the wire, of one tensor or of as many as there are columns

_BY_NUMPY = frozenset((float, int, bool))


def record_of(row: Mapping[Any, Any], *, nested: bool = False) -> Record | None:
    """The row of a dict; None where it holds more than cells. What pandas has for a missing cell becomes None."""
    cells = waiting_cells([*row.values()])
    return Record(tuple(row), cells, nested) if cells else None


def row_of_texts(side: str, cells: list[Any]) -> dict[Name, Array] | None:
    """A row of cells without names of which one at least is text, so that all are sent as such; None of any other."""
    if _BY_NUMPY.issuperset(map(type, cells)):
        return None
    waiting = waiting_cells(cells)
    if waiting is None or TEXT not in kinds_of(waiting):
        return None
    return {RecordColumns(side, (), (TEXT,)): np.array(waiting, object)}


def all_finite(cells: list[Any]) -> bool:
    """Whether no cell that waits is missing, NaN or an infinity."""
    try:
        return all(map(isfinite, [cell for cell in cells if type(cell) not in TEXTS]))
    except TypeError:  # None
        return False


def columns_of(name: Name, array: Array) -> dict[str, Array]:
    """The tensor as it is sent: under its name, or a tensor for each of its columns."""
    if isinstance(name, str):
        return {name: array}
    if not name.names:
        return {name.side: array_of_objects(array)}
    columns = np.moveaxis(array, 1, 0)
    read = map(_column, columns, name.kinds) if name.kinds else columns
    return {f"{name.side}.{one}": column for one, column in zip(name.names, read, strict=True)}


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
    return Record(
        tuple([names[place] for place in places]),
        waiting,
        nested=True,
        kinds=tuple([TEXT if type(cell) in TEXTS else "d" for cell in waiting]),
        numbers=[(_at(names, where), array) for where, array in numbers],
    )


def _column(column: Array, kind: str) -> Array:
    return array_of_objects(column) if kind in (TEXT, "d") else column.astype(kind)


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
        if type(values) is np.ndarray and values.dtype.kind in "iufb":
            numbers.append((where, values[:, 0].astype(np.float64)))
            continue
        places += range(where.start, where.stop, where.step or 1) if type(where) is slice else where.tolist()
        cells += _row_of_block(values)
    return numbers, places, cells


def _row_of_block(values: Any) -> list[Any]:
    """The cells of columns of one type, of which numpy or an extension array holds one row."""
    if type(values) is np.ndarray:
        return values[:, 0].tolist()  # type: ignore[no-any-return]
    if values.ndim == 1:
        return [_only_cell(values)]
    times, zone = values._ndarray[:, 0], getattr(values.dtype, "tz", None)
    return [None if time != time else PandasTime(time, zone) for time in times]  # noqa: PLR0124 - NaT


def _only_cell(values: Any) -> Any:
    """Of a column of an extension type; Arrow itself gives a text in a quarter of the time that pandas needs."""
    arrow = getattr(values, "_pa_array", None)
    cell = None if arrow is None else arrow[0].as_py()
    return cell if type(cell) is str else values[0]


def _names_of(columns: Any) -> tuple[Any, ...]:
    arrow = getattr(columns.array, "_pa_array", None)  # as above
    return tuple(columns.tolist() if arrow is None else arrow.to_pylist())


def _at(names: tuple[Any, ...], where: Any) -> tuple[Any, ...]:
    return names[where] if type(where) is slice else tuple([names[place] for place in where.tolist()])
