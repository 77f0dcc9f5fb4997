"""One row in the binary format of PostgreSQL's COPY.

In an INSERT a `bytea` value is a literal in hexadecimal: twice as long, written here and read there digit by digit.
COPY takes its bytes as they are. Format: "Binary Format" in PostgreSQL's page on COPY; a value is laid out as its
type's `recv` function reads it.
"""

import json
import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

_SIGNATURE, _FLAGS_AND_EXTENSION = b"PGCOPY\n\xff\r\n\0", bytes(8)
_NULL = _END = -1
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_length, _count = struct.Struct(">i").pack, struct.Struct(">h").pack
_bigint = struct.Struct(">q").pack


def copied_row(values: Sequence[tuple[str, Any]]) -> bytes:
    """A whole COPY stream of one row, from the type (as PostgreSQL names it) and the value of each column."""
    parts = [_SIGNATURE, _FLAGS_AND_EXTENSION, _count(len(values))]
    for kind, value in values:
        if value is None:
            parts.append(_length(_NULL))
        else:
            encoded = _ENCODERS[kind](value)
            parts += (_length(len(encoded)), encoded)
    return b"".join([*parts, _count(_END)])


def _timestamp(time: datetime) -> bytes:
    return _bigint((time - _EPOCH) // _MICROSECOND)


def _jsonb(value: Any) -> bytes:
    """The first byte is the version of the format, which has one."""
    return b"\x01" + json.dumps(value).encode()


_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "varchar": str.encode,
    "text": str.encode,
    "bytea": bytes,
    "boolean": struct.Struct(">?").pack,
    "smallint": _count,
    "integer": _length,
    "bigint": _bigint,
    "timestamp with time zone": _timestamp,
    "jsonb": _jsonb,
}
