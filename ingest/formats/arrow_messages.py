"""The messages of an untrusted Arrow stream, checked for their size before Arrow allocates memory for them.

Arrow checks that a message's metadata is a sound flatbuffer and that its buffers lie inside its body. It does not
ask how much memory the body unpacks to: a compressed buffer begins with that size, in eight bytes, and Arrow
allocates it. Layout: apache/arrow `format/Message.fbs` and "IPC Streaming Format" of the columnar specification.
"""

import struct
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from ingest.limits import MAX_ARROW_MESSAGES
from nantrace.tensors.limits import TableLimits
from nantrace.tensors.refusals import TooLarge

# what Arrow, and reading its metadata, raise on damaged streams
ARROW_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, TypeError, struct.error)

# positions of fields in the flatbuffer tables
_MESSAGE_HEADER, _BATCH_BUFFERS, _BATCH_COMPRESSION, _DICTIONARY_BATCH = 2, 2, 3, 1
_KEPT_AS_IT_IS = -1  # the size of a buffer that did not get smaller


def check_stream_size(body: bytes, field: str, limits: TableLimits) -> None:
    """Raises TooLarge when the messages are too many or unpack to more than the limits, else any of ARROW_ERRORS."""
    unpacked = 0
    for number, message in enumerate(pa.ipc.MessageReader.open_stream(pa.py_buffer(body))):
        if number > MAX_ARROW_MESSAGES:
            raise TooLarge(field, f"holds more than {MAX_ARROW_MESSAGES:,} record batches; write larger batches")
        if message.type in ("record batch", "dictionary"):
            unpacked += _unpacked_bytes(message)
            limits.check_bytes(field, unpacked)


def _unpacked_bytes(message: Any) -> int:
    """What Arrow allocates for the buffers of one record batch beyond the body itself."""
    metadata = memoryview(message.metadata)
    batch = _table(metadata, _table(metadata, 0, None), _MESSAGE_HEADER)
    if message.type == "dictionary":
        batch = _table(metadata, batch, _DICTIONARY_BATCH)
    if not _field(metadata, batch, _BATCH_COMPRESSION):
        return 0
    body = memoryview(message.body)
    return sum(_declared(body, offset, length) for offset, length in _buffers(metadata, batch))


def _declared(body: memoryview, offset: int, length: int) -> int:
    if length < 8 or offset < 0 or offset + 8 > len(body):
        return 0
    size: int = struct.unpack_from("<q", body, offset)[0]
    return length if size == _KEPT_AS_IT_IS else max(size, 0)


def _buffers(metadata: memoryview, batch: int) -> Iterator[tuple[int, int]]:
    """Offset and length of each buffer: a vector of structs of two int64."""
    where = _field(metadata, batch, _BATCH_BUFFERS)
    if not where:
        return
    start = where + _number("<I", metadata, where)
    for index in range(_number("<I", metadata, start)):
        yield struct.unpack_from("<qq", metadata, start + 4 + 16 * index)


def _table(metadata: memoryview, table: int, position: int | None) -> int:
    """Where the table begins that a field, or the start of the buffer, points to."""
    where = table if position is None else _field(metadata, table, position)
    return where + _number("<I", metadata, where)


def _field(metadata: memoryview, table: int, position: int) -> int:
    """Where a field's value lies; 0 when the table leaves it out."""
    vtable = table - _number("<i", metadata, table)
    slot = 4 + 2 * position
    if slot >= _number("<H", metadata, vtable):
        return 0
    offset = _number("<H", metadata, vtable + slot)
    return table + offset if offset else 0


def _number(code: str, metadata: memoryview, where: int) -> int:
    number: int = struct.unpack_from(code, metadata, where)[0]
    return number
