"""Rows as a caller holds them -> a table: a path, an array, arrays by name, a frame or nested lists.

Named columns are matched by their names, in whatever order they stand.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.packages import need
from nantrace.tensors.checks import check_name, check_shape, gathered, text_array
from nantrace.tensors.limits import FILE
from nantrace.tensors.numpy_files import check_dtype, native_array
from nantrace.tensors.refusals import NotFound
from nantrace.tensors.table_files import read_named_table
from nantrace.tensors.tensor import Array, Sent, Table, Tensor, TensorError, Tensors, single_name

MOST_NAMES = 5  # in one sentence


def table_of_rows(rows: Any, field: str) -> Table:
    """The table that `rows` is or names; raises Refusal naming `field`.

    A path (str or Path) is read as `read_named_table` does. An array of shape (rows, ...) or nested lists become one
    tensor, a mapping one tensor a name. A frame (pandas, Polars, Arrow) becomes what its Parquet file would: one
    float64 tensor when all columns are numbers, else a tensor of shape (rows, 1) a column. None is a missing cell.
    """
    if isinstance(rows, str | Path):
        return read_named_table(Path(rows), field)
    if isinstance(rows, Mapping):
        for name in rows:
            check_name(field, str(name))
        tensors = [_tensor(str(name), values, f"{field}.{name}") for name, values in rows.items()]
        return Table(gathered(field, tensors, FILE))
    if hasattr(rows, "columns") or hasattr(rows, "column_names"):
        return _frame(rows, field)
    return Table(gathered(field, [_tensor(single_name(field), rows, field)], FILE))


def with_names_of(metadata: Mapping[str, Any], *tables: Table | None) -> dict[str, Any]:
    """The metadata, with the columns of the first table that has names where it names no features itself."""
    known: Mapping[str, Sequence[str]] = next((one.columns for one in tables if one and one.columns), {})
    return {**({"features": dict(known)} if known else {}), **metadata}


def in_order_of_features(table: Table, metadata: Mapping[str, Any], field: str) -> tuple[Table, list[str]]:
    """The columns of one matrix in the order of the features, and sentences on columns that are left out.

    Raises NotFound naming `field` where a feature has no column. A table without names stays as it is.
    """
    features = metadata.get("features") or []
    if isinstance(features, Mapping):
        features = next(iter(features.values())) if len(features) == 1 else []
    if not features or len(table.tensors) != 1 or not table.columns:
        return table, []
    (given,) = table.columns.values()
    notes = missing_and_extra(features, given, field, "column", "the list of features")
    return _reordered(table, features), notes


def matched(known: Table, seen: Table) -> tuple[Table, Table, list[str]]:
    """The current table with the tensors and columns of the reference, in its order.

    A column of another type is drift; one that is not there cannot be compared: raises NotFound.
    """
    if known.columns and seen.columns:
        if len(known.tensors) == len(seen.tensors) == 1:
            (wanted,), (given,) = known.columns.values(), seen.columns.values()
            notes = missing_and_extra(wanted, given, "current", "column", "the reference")
            return known, _reordered(seen, wanted), notes
        known, seen = _by_column(known), _by_column(seen)  # a text among the numbers: a tensor per column
    if len(known.tensors) == len(seen.tensors) == 1:
        return known, seen, []
    notes = missing_and_extra(
        list(known.tensors.by_name), list(seen.tensors.by_name), "current", "array", "the reference"
    )
    tensors = Tensors.of(*(seen.tensors.by_name[tensor.name] for tensor in known.tensors))
    return known, Table(tensors, seen.columns), notes


def missing_and_extra(wanted: Sequence[str], given: Sequence[str], field: str, what: str, owner: str) -> list[str]:
    """A sentence on what is given and not wanted; raises NotFound naming `field` where something wanted is missing."""
    missing = [name for name in wanted if name not in set(given)]
    if missing:
        raise NotFound(field, f"has no {what} {_listed(missing)}, which {owner} has")
    extra = [name for name in given if name not in set(wanted)]
    return [f"Left out, because {owner} has no such {what}: {_listed(extra)}"] if extra else []


def _frame(frame: Any, field: str) -> Table:
    """Columns that are called 0, 1, 2, ... have places and no names."""
    need("pyarrow", "a frame of named columns")
    import pyarrow as pa

    from nantrace.tensors.arrow_columns import table_of

    try:
        # an index is no column of the model
        arrow = pa.Table.from_pandas(frame, preserve_index=False) if hasattr(frame, "iloc") else pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise TensorError(field, f"is no frame that Arrow can read: {str(error)[:200]}") from None
    table = table_of(arrow, field)
    nameless = arrow.column_names == [str(place) for place in range(arrow.num_columns)]
    return Table(table.tensors) if nameless and len(table.tensors) == 1 else table


def _tensor(name: str, values: Any, field: str) -> Tensor:
    """A read-only view where the caller's array can be used as it is."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise TensorError(field, "has rows of different lengths; give every row the same shape") from None
    check_shape(field, array.shape, FILE)
    if array.dtype.kind == "O":
        return _from_objects(name, array, field)
    check_dtype(field, array.dtype)
    FILE.check_bytes(field, array.nbytes)
    view = native_array(field, array, FILE).view()
    view.flags.writeable = False
    return Tensor(name, view)


def _from_objects(name: str, objects: Array, field: str) -> Tensor:
    """Numbers or texts among which None (and NaN among texts) stands for a missing cell."""
    texts = np.array([isinstance(one, str) for one in objects.flat]).reshape(objects.shape)
    missing = np.array([one is None for one in objects.flat]).reshape(objects.shape)
    if texts.any():
        missing |= ~(objects == objects).astype(bool)  # noqa: PLR0124 - NaN is what differs from itself
    values = _filled(objects, missing, "" if texts.any() else np.nan)
    if texts.any() and (texts | missing).all():
        return Tensor(name, text_array(field, values, FILE), _sent(missing))
    try:
        if texts.any():
            raise TypeError
        return Tensor(name, values.astype(np.float64), _sent(missing))
    except (TypeError, ValueError):
        raise TensorError(field, "mixes numbers, texts or other objects; give numbers or texts") from None


def _filled(objects: Array, missing: NDArray[np.bool_], empty: object) -> Array:
    values = objects.copy()
    values[missing] = empty
    return values


def _sent(missing: NDArray[np.bool_]) -> NDArray[np.uint8] | None:
    return missing.astype(np.uint8) * np.uint8(Sent.MISSING) if missing.any() else None


def _by_column(table: Table) -> Table:
    columns = []
    for tensor in table.tensors:
        for i, name in enumerate(table.columns.get(tensor.name, [])):
            sent = None if tensor.sent is None else np.ascontiguousarray(tensor.sent[:, [i]])
            columns.append(Tensor(name, np.ascontiguousarray(tensor.values[:, [i]]), sent))
    return Table(Tensors.of(*columns), {tensor.name: [tensor.name] for tensor in columns})


def _reordered(table: Table, wanted: Sequence[str]) -> Table:
    """One matrix with the wanted columns, in their order."""
    (tensor,), (given,) = table.tensors, table.columns.values()
    order = [given.index(name) for name in wanted]
    sent = None if tensor.sent is None else np.ascontiguousarray(tensor.sent[:, order])
    ordered = Tensor(tensor.name, np.ascontiguousarray(tensor.values[:, order]), sent)
    return Table(Tensors.of(ordered), {tensor.name: list(wanted)})


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(repr(name) for name in names[:MOST_NAMES]) + more
