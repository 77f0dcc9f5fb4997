"""One row whose columns have names and types of their own: a dict of cells, or a frame of one row.

An array for each of 30 columns takes longer than all else that is done with the row, and so does reading each cell by
its type. So they lie side by side until they are sent, as one array of numbers or as the objects that they were.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.cells import TEXT, TEXTS, array_of_objects, kinds_of, waiting_cells

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
    """The row of a dict; None where it holds more than cells. What pandas has for a missing cell becomes None.

    A list or an array of one cell each, as of `frame.to_dict("list")`, is a row whose columns have an axis more.
    """
    given = [*row.values()]
    if not nested and (alone := _alone(given)):
        given, nested = alone, True
    cells = waiting_cells(given)
    return Record(tuple(row), cells, nested) if cells else None


def _alone(columns: list[Any]) -> list[Any] | None:
    """The only cell of each of the columns; None where one is no list or array of a single cell."""
    for column in columns:
        kind = type(column)
        if kind is not list and (kind is not np.ndarray or column.ndim != 1 or column.dtype.kind not in "fiub"):
            return None
        if len(column) != 1:
            return None
    return [column[0] for column in columns]


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


def _column(column: Array, kind: str) -> Array:
    return array_of_objects(column) if kind in (TEXT, "d") else column.astype(kind)
