"""`.parquet` files with flat columns."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from nantrace.tensors.arrow_columns import table_of
from nantrace.tensors.limits import FILE
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.table import Table


def read_parquet(path: Path, field: str) -> Table:
    """The table of a Parquet file; what its footer declares is weighed before anything is read."""
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
