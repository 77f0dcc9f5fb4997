"""`.csv` and `.parquet` files, read by Arrow."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from nantrace.tensors.arrow_columns import table_of
from nantrace.tensors.limits import FILE
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.tensor import Sent, Table, Tensor, Tensors

# what spreadsheets, R and pandas write for "no value" in a column of numbers; text columns keep them as text
_NO_VALUE = ["", "NA", "N/A", "#N/A", "null", "NULL", "None"]


def read_csv(path: Path, field: str) -> Table:
    """The table of a CSV with a header line; a first line of numbers is a row and not a header."""
    nameless = _first_line_is_numbers(path, field)
    options = arrow_csv.ReadOptions(autogenerate_column_names=nameless)
    arrow = _arrow(path, field, options)
    table = table_of(arrow, field)
    tensors = [_with_overflows(tensor, path, field, options) for tensor in table.tensors]
    return Table(Tensors.of(*tensors), {} if nameless else table.columns)


def _arrow(path: Path, field: str, read: Any, **convert: Any) -> Any:
    converting = arrow_csv.ConvertOptions(null_values=_NO_VALUE, strings_can_be_null=False, **convert)
    try:
        return arrow_csv.read_csv(path, read_options=read, convert_options=converting)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise Malformed(field, f"is no readable CSV: {str(error)[:200]}") from None


def _first_line_is_numbers(path: Path, field: str) -> bool:
    with path.open("rb") as file:
        line = file.readline(2**20)
    try:
        cells = next(csv.reader([line.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(field, f"is no readable CSV: {error}") from None
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _with_overflows(tensor: Tensor, path: Path, field: str, read: Any) -> Tensor:
    """Arrow reads 1e999 as an infinity: infinities are read again as the text that was written."""
    if tensor.values.dtype.kind != "f" or not np.isinf(tensor.values).any():
        return tensor
    names = arrow_csv.open_csv(path, read_options=read).schema.names
    position = names.index(tensor.name) if tensor.name in names and tensor.values.shape[1] == 1 else None
    chosen = names if position is None else [names[position]]
    sent = np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent.copy()
    for column in np.flatnonzero(np.isinf(tensor.values).any(axis=0)):
        texts = _arrow(path, field, read, include_columns=[chosen[column]], column_types={chosen[column]: pa.string()})
        for row in np.flatnonzero(np.isinf(tensor.values[:, column])):
            if "inf" not in texts.column(0)[int(row)].as_py().lower():
                sent[row, column] = Sent.OVERFLOW
    return Tensor(tensor.name, tensor.values, sent if sent.any() else None)


def read_parquet(path: Path, field: str) -> Table:
    """The table of a Parquet file of flat columns; what its footer declares is checked before anything is read."""
    from pyarrow import parquet  # takes longer to load than a small CSV to read

    try:
        with parquet.ParquetFile(path) as file:
            _weigh(file.metadata, field)
            schema = file.schema_arrow
        texts = [one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]
        # texts stay dictionaries: a long text repeated in every row costs its bytes once
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            arrow = file.read()
    except (pa.ArrowException, OSError) as error:
        raise Malformed(field, f"is no readable Parquet file: {str(error)[:200]}") from None
    return table_of(arrow, field)


def _weigh(metadata: Any, field: str) -> None:
    FILE.check_rows(field, metadata.num_rows)
    declared = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    FILE.check_bytes(field, max(declared, 8 * metadata.num_rows * metadata.num_columns))
