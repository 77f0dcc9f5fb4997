"""Columns of an Arrow table -> tensors."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nantrace.tensors.arrow_texts import texts_of
from nantrace.tensors.checks import check_name, check_shape, gathered
from nantrace.tensors.limits import FILE
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Array, Sent, Table, Tensor, TensorError, single_name


def table_of(arrow: Any, field: str) -> Table:
    """One float64 tensor when all columns are numbers, else a tensor of shape (rows, 1) per column."""
    names: list[str] = arrow.column_names
    for name in names:
        check_name(field, name)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise TensorError(field, f"has two columns named {twice!r}; give every column its own name")
    check_shape(field, arrow.shape, FILE)
    FILE.check_bytes(field, 8 * arrow.num_rows * arrow.num_columns)
    columns = [_column(arrow.column(name), name, field) for name in names]
    if any(column.values.dtype.kind == "U" for column in columns):
        tensors = [Tensor(one.name, one.values[:, None], _deep(one.sent)) for one in columns]
        return Table(gathered(field, tensors, FILE), {name: [name] for name in names})
    single = single_name(field)
    return Table(gathered(field, [_side_by_side(columns, single)], FILE), {single: names})


def _deep(sent: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
    return None if sent is None else sent[:, None]


def _side_by_side(columns: list[Tensor], name: str) -> Tensor:
    values = np.empty((columns[0].rows, len(columns)))
    sent = np.zeros(values.shape, np.uint8)
    for index, column in enumerate(columns):
        values[:, index] = column.values
        if column.sent is not None:
            values[column.sent == Sent.MISSING, index] = np.nan
            sent[:, index] = column.sent
    return Tensor(name, values, sent if sent.any() else None)


def _column(column: Any, name: str, field: str) -> Tensor:
    """A column as a tensor of shape (rows,)."""
    missing = np.asarray(pc.is_null(column).combine_chunks(), dtype=bool)
    values = _values(column, name, field)
    if values.dtype.kind == "U":
        missing |= values == ""
    sent = missing.astype(np.uint8) if missing.any() else None
    return Tensor(name, values, sent)


def _values(column: Any, name: str, field: str) -> Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _decoded(column, name, field)
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_boolean(kind):
        return np.asarray(column.fill_null(False).combine_chunks(), dtype=bool)
    if pa.types.is_integer(kind) and not column.null_count:
        return column.to_numpy()  # type: ignore[no-any-return]
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.float64(), safe=False).fill_null(np.nan).to_numpy()  # type: ignore[no-any-return]
    if pa.types.is_temporal(kind):
        column = pc.cast(column, pa.string())
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise TensorError(field, f"column {name!r} has type {kind}; use numbers, booleans or text")
    return _decoded(column.dictionary_encode(), name, field)


def _decoded(column: Any, name: str, field: str) -> Array:
    try:
        return texts_of(column, field, FILE)
    except Refusal as error:
        raise type(error)(field, f"column {name!r} {error.message}") from None
