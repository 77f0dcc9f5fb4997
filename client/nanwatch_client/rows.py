"""Whatever was logged as arrays whose first axis is that of the rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.arrays import PLAIN, array_of, as_numpy
from nanwatch_client.cells import UnusableError, array_of_objects
from nanwatch_client.frames import cells_of_frame, columns_of_polars, columns_of_table, has_times, row_of_frame
from nanwatch_client.records import Name, Record, RecordColumns, all_finite, record_of, row_of_texts

Array = NDArray[Any]
Layout = tuple[tuple[Name, str, tuple[int, ...]], ...]  # per tensor: name, character of its dtype, shape of one row
_ndarray = np.ndarray

LONGEST_ID = 200


class Rows(NamedTuple):
    """Arrays by their names on the wire (`inputs`, `inputs.<name>`, `outputs`...), each of shape (length, ...).

    `RecordColumns` have a name each.
    """

    arrays: dict[Name, Array]
    length: int
    failing: list[int]  # positions of the rows with a NaN or an infinity

    @property
    def layout(self) -> Layout:
        """Rows of one layout fit into one batch. Texts of any length are of one layout."""
        return tuple([(name, array.dtype.char, array.shape[1:]) for name, array in self.arrays.items()])

    def healthy(self, chosen: list[int]) -> list[int]:
        """Positions of some rows that are counted among the healthy ones only."""
        if not self.failing or not chosen:
            return chosen
        healthy = np.delete(np.arange(self.length), self.failing)
        positions: list[int] = healthy[chosen].tolist()
        return positions


def tensor_of(value: Any, batched: bool = False) -> Any:
    """An array of whatever is no list or array yet; a record of one row that has names, or its columns by name.

    Raises UnusableError.
    """
    if isinstance(value, Mapping):
        return dict(value) if batched else record_of(value) or dict(value)
    row = row_of_frame(value) if hasattr(type(value), "itertuples") else None
    if row is not None:
        return row
    if hasattr(type(value), "column_names"):
        return columns_of_table(value)
    if has_times(value):
        return columns_of_polars(value)
    array = as_numpy(value)
    if array.dtype.kind != "O":
        return array
    names = getattr(value, "columns", None) if array.ndim == 2 else None
    return array_of_objects(array) if names is None else cells_of_frame([*names], array)


def rows_of(inputs: Any, outputs: Any, batched: bool, finite: bool = False) -> Rows:
    """Raises UnusableError.

    `batched`: the first axis is that of the rows, also of a one-dimensional array. `finite`: nothing needs to be
    looked for, everything was seen to be finite.
    """
    arrays = _named("inputs", inputs, batched)
    answers = {} if outputs is None else _named("outputs", outputs, batched)
    if not batched and _are_columns(arrays, answers):
        arrays = {name: array[:, None] for name, array in arrays.items()}
    count = _count(arrays, batched)
    if not count:
        raise UnusableError("there are no rows")
    arrays.update(answers)
    for name, array in arrays.items():
        rank = array.ndim
        one_row = rank == 0 or not (batched or rank > 1 or (count > 1 and array.shape[0] == count))
        if one_row:
            arrays[name] = array[None]
        if count != (1 if one_row else array.shape[0]):
            found = 1 if one_row else array.shape[0]
            raise UnusableError(
                f"{name} has {found} rows and the first input {count}; give each an axis of rows, or none"
            )
    if finite:
        return Rows(arrays, count, [])
    seen = any(type(side) is Record and not side.finite for side in (inputs, outputs))  # a record is one row
    return Rows(arrays, count, [0] if seen else failing_rows(_numbers_in(arrays), count))


def failing_rows(arrays: Iterable[Array], count: int) -> list[int]:
    """Positions of the rows with a NaN or an infinity in any array."""
    if count == 1:
        return [] if all(map(_is_finite, arrays)) else [0]
    bad = np.zeros(count, bool)
    for array in arrays:
        if not _is_finite(array):
            bad |= ~np.isfinite(array).reshape(count, -1).all(axis=1)
    positions: list[int] = bad.nonzero()[0].tolist()
    return positions


def clean_id(given: object) -> str:
    """An id as the service stores it: Unicode without NUL, at most 200 characters."""
    text = str(given)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "?" for character in text)
    return text[:LONGEST_ID]


def ids_of(given: object, count: int) -> Sequence[str]:
    """One id a row from one id or a list of them."""
    if isinstance(given, (list, tuple)) and len(given) == count:
        return [clean_id(one) for one in given]
    text = clean_id(given)
    return [text] if count == 1 else [clean_id(f"{text[: LONGEST_ID - 8]}/{index}") for index in range(count)]


def _is_finite(array: Array) -> bool:
    kind = array.dtype.kind
    if kind == "O":  # a row of cells, which is alone
        return all_finite(array.ravel().tolist())
    return kind != "f" or b"\0" not in np.isfinite(array).tobytes()  # sooner known than by all()


def _numbers_in(arrays: Mapping[Name, Array]) -> Iterator[Array]:
    """All but cells that are sent as texts, whatever they were."""
    return (array for name, array in arrays.items() if isinstance(name, str) or name.names)


def _named(side: str, value: Any, batched: bool) -> dict[Name, Array]:
    if type(value) is _ndarray and value.dtype in PLAIN:
        return {side: value}
    if isinstance(value, Record):
        return value.tensors(side)
    if isinstance(value, _ndarray) and value.dtype.names:
        columns = {name: value[name] for name in value.dtype.names}
        value = {name: column[:, None] if column.ndim == 1 else column for name, column in columns.items()}
    if isinstance(value, Mapping):
        return {name: array_of(name, one) for name, one in _by_wire_name(side, value)}
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        record = record_of(value[0], nested=True) if len(value) == 1 else None
        if record:
            return record.tensors(side)
        names = dict.fromkeys(name for row in value for name in row)
        records = {name: [row.get(name) for row in value] for name in names}
        return {name: array_of(name, column)[:, None] for name, column in _by_wire_name(side, records)}
    row = row_of_texts(side, value) if type(value) is list and value and not batched else None
    return {side: array_of(side, value)} if row is None else row


def _by_wire_name(side: str, columns: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{side}.{name}", column) for name, column in columns.items())


def _are_columns(inputs: Mapping[Name, Array], outputs: Mapping[Name, Array]) -> bool:
    """Whether several inputs of one axis are columns of as many rows as were answered, and not one row each."""
    if "inputs" in inputs or type(next(iter(inputs), "")) is RecordColumns:
        return False
    answered = {array.shape[0] for array in outputs.values() if array.ndim > 1}
    given = {array.shape for array in inputs.values()}
    return len(given) == 1 and {(rows,) for rows in answered} == given


def _count(arrays: dict[Name, Array], batched: bool) -> int:
    if not arrays:
        raise UnusableError("there are no inputs")
    for array in arrays.values():
        if batched and array.ndim == 0:
            raise UnusableError("an input has no axis of rows")
        if batched or array.ndim > 1 or not array.size:
            return int(array.shape[0])
    return 1
