"""`application/vnd.apache.arrow.stream` bodies of samples: a column is a tensor, its cells one row each.

Columns are named as the arrays of an npz; those of a frame have names of their own. A cell is a number, a boolean, a
time, a text or bytes; or a list, all of one size, nested for more axes; or a fixed shape tensor
(`arrow.fixed_shape_tensor`). Null is a missing value at every level. The other fields stand in the header as for npz,
or under `nanwatch` in the metadata of the schema.
"""

import math
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.batches.decoded import DecodedBatch
from ingest.formats.arrow_messages import ARROW_ERRORS, check_stream_size
from ingest.formats.arrow_types import plain_chunks
from ingest.formats.json.documents import decode_json_object
from ingest.formats.npz import BATCH_HEADER, batch_of_arrays, side_names
from ingest.limits import BATCH
from nantrace.tensors.arrow_columns import texts_of
from nantrace.tensors.checks import check_shape, text_or_bytes
from nantrace.tensors.limits import MAX_RANK, MAX_TENSORS
from nantrace.tensors.refusals import Malformed, Refusal, TooLarge
from nantrace.tensors.tensor import Array, Sent, Tensor, TensorError

METADATA_KEY = "nanwatch"
_END = b"\xff\xff\xff\xff\0\0\0\0"
_OTHER_FILES = (b"ARROW1", b"PAR1")  # what those begin with
_NUMBERS = {
    pa.int8(): "<i1",
    pa.int16(): "<i2",
    pa.int32(): "<i4",
    pa.int64(): "<i8",
    pa.uint8(): "<u1",
    pa.uint16(): "<u2",
    pa.uint32(): "<u4",
    pa.uint64(): "<u8",
    pa.float16(): "<f2",
    pa.float32(): "<f4",
    pa.float64(): "<f8",
}


def decode_arrow_body(body: bytes, header: str | None) -> DecodedBatch:
    """The tensors of the stream and the fields of the header or the schema; raises Refusal naming what is wrong."""
    if body.startswith(_OTHER_FILES):
        raise Malformed("body", "is a file (Feather, Parquet), not a stream; write it with pyarrow.ipc.new_stream")
    if not body.endswith(_END):
        raise Malformed("body", "is not a whole Arrow stream: its end marker is missing; close the writer")
    try:
        schema, columns = _columns(body)
    except Refusal:
        raise
    except ARROW_ERRORS as error:
        raise Malformed("body", f"is not a readable Arrow stream: {str(error)[:200]}") from None
    return batch_of_arrays(columns, _fields(schema, header))


def _columns(body: bytes) -> tuple[Any, dict[str, Tensor]]:
    """The schema, and the tensor of each column."""
    check_stream_size(body, "body", BATCH)
    with pa.ipc.open_stream(pa.py_buffer(body)) as reader:
        schema = reader.schema
        side_names(_distinct(schema.names))
        batches = [batch for batch in reader if batch.num_rows]
    for batch in batches:
        batch.validate()
    rows = sum(batch.num_rows for batch in batches)
    return schema, {
        column.name: _column(column, [batch.column(at) for batch in batches], rows) for at, column in enumerate(schema)
    }


def _distinct(names: list[str]) -> list[str]:
    if len(names) > MAX_TENSORS:
        raise TooLarge("body", f"holds {len(names)} columns; the limit is {MAX_TENSORS}")
    if len(set(names)) < len(names):
        raise TensorError("body", "has two columns of the same name; give every column its own")
    return names


def _fields(schema: Any, header: str | None) -> dict[str, Any]:
    if header:
        return decode_json_object(header.encode("latin-1"), BATCH_HEADER)
    text = (schema.metadata or {}).get(METADATA_KEY.encode())
    if text is None:
        example = '{"model": ..., "version": ...}'
        way_out = f"or under {METADATA_KEY!r} in the metadata of the schema, as {example}"
        raise TensorError(BATCH_HEADER, f"is missing; send the other fields in it, {way_out}")
    return decode_json_object(text, METADATA_KEY)


def _column(column: Any, chunks: list[Any], rows: int) -> Tensor:
    check_shape(column.name, (rows,), BATCH)
    kind, chunks = plain_chunks(column.name, column.type, chunks)
    return _tensor(column.name, chunks, _cell_shape(kind))


def _cell_shape(kind: Any) -> tuple[int, ...]:
    """The shape of one row of a column as it lies in memory."""
    sizes = []
    if isinstance(kind, pa.FixedShapeTensorType):
        sizes, kind = list(kind.shape), kind.storage_type.value_type
    while pa.types.is_fixed_size_list(kind) and len(sizes) < MAX_RANK:
        sizes.append(kind.list_size)
        kind = kind.value_type
    return tuple(sizes)


def _tensor(name: str, chunks: list[Any], cell: tuple[int, ...]) -> Tensor:
    shape = (sum(map(len, chunks)), *cell)
    check_shape(name, shape, BATCH)
    opened = [_opened(chunk, name) for chunk in chunks]
    leaves = [leaf for leaf, _ in opened]
    if leaves[0].type == pa.binary():
        cells = [cell or b"" for leaf in leaves for cell in leaf.to_pylist()]
        values, sent = text_or_bytes(name, cells, BATCH)
    else:
        values, sent = _values(name, leaves, math.prod(shape)), None
    if any(missing is not None for _, missing in opened):
        parts = [np.zeros(len(leaf), bool) if missing is None else missing for leaf, missing in opened]
        missing = np.concatenate(parts)
        values = _with_empty_nulls(values, missing)
        sent = np.where(missing, Sent.MISSING, Sent.VALUE if sent is None else sent).astype(np.uint8)
    values, sent = values.reshape(shape), None if sent is None else sent.reshape(shape)
    permutation = getattr(chunks[0].type, "permutation", None)
    if permutation is None:
        return Tensor(name, values, sent)
    axes = [0, *(axis + 1 for axis in permutation)]
    return Tensor(name, _transposed(values, axes), None if sent is None else _transposed(sent, axes))


def _opened(chunk: Any, name: str) -> tuple[Any, Array | None]:
    """The innermost values of a column, and which of them are missing at any level (None: not one)."""
    if isinstance(chunk, pa.ExtensionArray):
        chunk = chunk.storage
    missing = _nulls(chunk)
    while pa.types.is_fixed_size_list(chunk.type):
        size = chunk.type.list_size
        BATCH.check_bytes(name, len(chunk) * size)
        chunk = chunk.values.slice(chunk.offset * size, len(chunk) * size)
        inner = _nulls(chunk)
        if missing is not None:
            spread = np.repeat(missing, size)
            missing = spread if inner is None else spread | inner
        else:
            missing = inner
    return chunk, missing


def _nulls(chunk: Any) -> Array | None:
    if not chunk.null_count:
        return None
    return np.asarray(chunk.is_null().to_numpy(zero_copy_only=False))


def _values(name: str, leaves: list[Any], size: int) -> Array:
    kind = leaves[0].type
    if dtype := _NUMBERS.get(kind):
        BATCH.check_bytes(name, size * np.dtype(dtype).itemsize)
        parts = [np.frombuffer(leaf.buffers()[1], dtype, len(leaf), leaf.offset * kind.byte_width) for leaf in leaves]
    elif pa.types.is_boolean(kind):
        parts = [leaf.fill_null(False).to_numpy(zero_copy_only=False) for leaf in leaves]
    else:
        return _texts(name, leaves)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _texts(name: str, leaves: list[Any]) -> Array:
    try:
        for leaf in leaves:
            leaf.validate(full=True)  # offsets and indices: only these can point outside
        column = pa.chunked_array(leaves)
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        return texts_of(encoded, name, BATCH)
    except pa.ArrowException as error:
        raise Malformed(name, f"holds text that cannot be read: {str(error)[:200]}") from None


def _with_empty_nulls(values: Array, missing: Array) -> Array:
    """NaN, 0, False or "" where a cell is null: Arrow keeps there whatever was in memory."""
    cleaned = values.copy()
    cleaned[missing] = np.nan if values.dtype.kind == "f" else "" if values.dtype.kind == "U" else 0
    return cleaned


def _transposed(values: Array, axes: list[int]) -> Array:
    return np.ascontiguousarray(values.transpose(axes))
