"""Columns of an Arrow table -> tensors; texts are measured before they are spread out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nantrace.tensors.checks import check_name, check_shape, gathered, text_array
from nantrace.tensors.limits import FILE, TableLimits
from nantrace.tensors.named_columns import side_by_side
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Array, Table, Tensor, TensorError, single_name


def table_of(arrow: Any, field: str) -> Table:
    """One float64 tensor when all columns are numbers, else a tensor of shape (rows, 1) per column."""
    names: list[str] = arrow.column_names
    check_names(names, field)
    check_shape(field, arrow.shape, FILE)
    FILE.check_bytes(field, 8 * arrow.num_rows * arrow.num_columns)
    return table_of_columns([column_tensor(arrow.column(name), name, field) for name in names], field)


def check_names(names: Sequence[str], field: str) -> None:
    """Raises TensorError where a column has no name that can be kept, or that of another."""
    for name in names:
        check_name(field, name)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise TensorError(field, f"has two columns named {twice!r}; give every column its own name")


def table_of_columns(columns: Sequence[Tensor], field: str) -> Table:
    """The same of tensors of shape (rows, 1), called as their columns are."""
    if any(column.values.dtype.kind == "U" for column in columns):
        return Table(gathered(field, list(columns), FILE), {column.name: [column.name] for column in columns})
    floats = [replace(column, values=column.values.astype(np.float64)) for column in columns]
    single = single_name(field)
    matrix = side_by_side(floats, single)
    return Table(gathered(field, [matrix], FILE), {single: [column.name for column in columns]})


def column_tensor(column: Any, name: str, field: str) -> Tensor:
    """A column as a tensor of shape (rows, 1); null, and an empty text, are missing. Raises Refusal."""
    missing = np.asarray(pc.is_null(column).combine_chunks(), dtype=bool)
    values = _values(column, name, field)
    if values.dtype.kind == "U":
        missing |= values == ""
    sent = missing.astype(np.uint8)[:, None] if missing.any() else None
    return Tensor(name, values[:, None], sent)


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


def texts_of(column: Any, field: str, limits: TableLimits) -> Array:
    """The texts of a dictionary-encoded chunked column, null as ""; raises Refusal.

    A long text repeated in every row costs its bytes once on the wire and many times as an array: the array is
    weighed first.
    """
    column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    limits.check_texts(field, len(column.dictionary))
    try:
        words = np.array(["", *column.dictionary.cast(pa.string()).to_pylist()], dtype=object)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise TensorError(field, "holds bytes that are not UTF-8 text") from None
    words[words == None] = ""  # noqa: E711 - element by element
    texts = text_array(field, words, limits)
    limits.check_bytes(field, len(column) * texts.dtype.itemsize)
    position = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return np.asarray(texts[position])
