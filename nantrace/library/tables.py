"""Rows as a caller holds them -> a table: a path, an array, arrays by name, a frame or nested lists."""

from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.packages import need
from nantrace.tensors.checks import check_name, check_shape, gathered, text_array
from nantrace.tensors.csv_layout import AS_FOUND, CsvFormat
from nantrace.tensors.limits import FILE
from nantrace.tensors.numpy_files import check_dtype, native_array
from nantrace.tensors.table_files import read_named_table
from nantrace.tensors.tensor import Array, Sent, Table, Tensor, TensorError, single_name

Json = dict[str, Any]


def table_of_rows(rows: Any, field: str, csv: CsvFormat = AS_FOUND) -> Table:
    """The table that `rows` is or names; raises Refusal naming `field`.

    A path (str or Path) is read as `read_named_table` does. An array of shape (rows, ...) or nested lists become one
    tensor, a mapping one tensor a name. A frame (pandas, Polars, Arrow) becomes what its Parquet file would: one
    float64 tensor when all columns are numbers, else a tensor of shape (rows, 1) a column. None is a missing cell.
    """
    if isinstance(rows, str | Path):
        return read_named_table(Path(rows), field, csv=csv)
    if isinstance(rows, Mapping):
        for name in rows:
            check_name(field, str(name))
        tensors = [_tensor(str(name), values, f"{field}.{name}") for name, values in rows.items()]
        return Table(gathered(field, tensors, FILE))
    if hasattr(rows, "columns") or hasattr(rows, "column_names"):
        return _frame(rows, field)
    return Table(gathered(field, [_tensor(single_name(field), rows, field)], FILE))


def _frame(frame: Any, field: str) -> Table:
    """Columns that are called 0, 1, 2, ... have places and no names."""
    need("pyarrow", "a frame of named columns")
    import pyarrow as pa

    from nantrace.tensors.arrow_columns import table_of

    try:
        arrow = _of_pandas(frame) if hasattr(frame, "iloc") else pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise TensorError(field, f"is no frame that Arrow can read: {str(error)[:200]}") from None
    table = table_of(arrow, field)
    nameless = arrow.column_names == [str(place) for place in range(arrow.num_columns)]
    return Table(table.tensors) if nameless and len(table.tensors) == 1 else table


def _of_pandas(frame: Any) -> Any:
    """The columns; an index is none of the model's. One that mixes numbers and texts is all text."""
    import pyarrow as pa

    def column(place: int) -> Any:
        cells = frame.iloc[:, place]
        try:
            return pa.array(cells, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return pa.array(cells.map(str, na_action="ignore"), from_pandas=True)

    return pa.Table.from_arrays([column(place) for place in range(frame.shape[1])], [str(name) for name in frame])


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
    """Numbers or texts among which None (and NaN among texts) is a missing cell. Numbers among texts are texts."""
    texts = np.array([isinstance(one, str) for one in objects.flat]).reshape(objects.shape)
    missing = np.array([one is None for one in objects.flat]).reshape(objects.shape)
    if texts.any():
        missing |= ~(objects == objects).astype(bool)  # noqa: PLR0124 - NaN is what differs from itself
    values = _filled(objects, missing, "" if texts.any() else np.nan)
    try:
        if texts.any():
            numbers = ~texts & ~missing
            values[numbers] = [_spelled(one) for one in values[numbers]]
            return Tensor(name, text_array(field, values, FILE), _sent(missing))
        return Tensor(name, values.astype(np.float64), _sent(missing))
    except (TypeError, ValueError):
        raise TensorError(field, "mixes numbers, texts or other objects; give numbers or texts") from None


def _spelled(number: object) -> str:
    if not isinstance(number, Real | Decimal):
        raise TypeError
    return str(number)


def _filled(objects: Array, missing: NDArray[np.bool_], empty: object) -> Array:
    values = objects.copy()
    values[missing] = empty
    return values


def _sent(missing: NDArray[np.bool_]) -> NDArray[np.uint8] | None:
    return missing.astype(np.uint8) * np.uint8(Sent.MISSING) if missing.any() else None
