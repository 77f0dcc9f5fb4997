"""Arrow streams for tests."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from nantrace.tensors.tensor import Array, Sent, Tensor

FIELDS = {"model": "churn", "version": "7"}


def stream(columns: dict[str, Any], fields: dict[str, Any] | None = FIELDS, **options: Any) -> bytes:
    """A stream of one record batch with the batch's fields in its schema."""
    table = pa.table(columns)
    metadata = {} if fields is None else {"nanwatch": json.dumps(fields)}
    return stream_of(table.replace_schema_metadata(metadata), **options)


def stream_of(table: Any, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    write = {"options": pa.ipc.IpcWriteOptions(**options)} if options else {}
    with pa.ipc.new_stream(sink, table.schema, **write) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def column_of(tensor: Tensor) -> Any:
    """The tensor as a column, nested lists of fixed size for its axes; missing cells are null."""
    values = np.ascontiguousarray(tensor.values)
    mask = None if tensor.sent is None else (tensor.sent == Sent.MISSING).ravel()
    if values.dtype.kind == "U":
        array = pa.array(values.ravel().tolist(), pa.string(), mask=mask)
    else:
        array = pa.array(values.ravel(), mask=mask)
    for size in reversed(values.shape[1:]):
        array = pa.FixedSizeListArray.from_arrays(array, size)
    return array


def column(values: Array) -> Any:
    return column_of(Tensor("", values))
