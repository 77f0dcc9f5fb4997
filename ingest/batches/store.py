"""One batch, one committed row, then a hint to the workers.

The INSERT is a statement that is made once; Django compiles one for every row it saves.

On PostgreSQL it is a COPY in the binary format: in an INSERT a `bytea` value is a literal in hexadecimal, twice as
long, written here and read there digit by digit. Format: "Binary Format" in PostgreSQL's page on COPY; a value is laid
out as its type's `recv` function reads it.
"""

import functools
import io
import json
import struct
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, JSONField
from django.utils import timezone

from ingest.admission import backlog
from ingest.models import Batch
from ingest.signals import batch_accepted
from ingest.sqlite import checkpoint_after, one_at_a_time

_FIELDS = Batch._meta.local_concrete_fields
_COPY_PIECE = 2**20
_SIGNATURE, _FLAGS_AND_EXTENSION = b"PGCOPY\n\xff\r\n\0", bytes(8)
_NULL = _END = -1
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_length, _count = struct.Struct(">i").pack, struct.Struct(">h").pack
_bigint = struct.Struct(">q").pack


def store(batch: Batch) -> None:
    """Returns once the batch is committed; raises IntegrityError when its idempotency key is taken.

    An INSERT is a transaction of its own. One that may fail needs a savepoint where a transaction is open already.
    """
    batch.payload_bytes = len(batch.payload or b"")
    with one_at_a_time(), transaction.atomic() if batch.idempotency_key else nullcontext():
        insert(batch)
        if connection.vendor == "sqlite":
            checkpoint_after(batch.payload_bytes)
    backlog.add(batch.project_id, batch.payload_bytes)
    transaction.on_commit(functools.partial(_announce, batch.version_id))


def _announce(version_id: int) -> None:
    """A receiver that fails must not take back an answer that is already true: `send_robust` logs it."""
    batch_accepted.send_robust(sender=Batch, version_id=version_id)


def insert(batch: Batch) -> None:
    """Adds the row, in a transaction of its own where none is open; raises IntegrityError as saving does."""
    batch.received_at = timezone.now()
    database = connections[DEFAULT_DB_ALIAS]  # not the proxy `connection`, which costs time at every use
    with database.cursor() as cursor, database.wrap_database_errors:
        if database.vendor == "postgresql":
            cells = [(kind, getattr(batch, name)) for name, kind in _kinds()]
            cursor.copy_expert(_copy_sql(), io.BytesIO(_copied_row(cells)), _COPY_PIECE)
        else:
            cursor.execute(_insert_sql(), _values(batch, database))
    batch._state.adding, batch._state.db = False, database.alias


def _values(batch: Batch, database: BaseDatabaseWrapper) -> list[Any]:
    """As SQLite takes them; only times and JSON are not what they are in Python."""
    values = [getattr(batch, field.attname) for field in _FIELDS]
    for at in _prepared():
        values[at] = _FIELDS[at].get_db_prep_save(values[at], database)
    return values


@functools.cache
def _prepared() -> list[int]:
    return [at for at, field in enumerate(_FIELDS) if isinstance(field, DateTimeField | JSONField)]


@functools.cache
def _kinds() -> list[tuple[str, str]]:
    """The attribute of each column, and PostgreSQL's type of it without its length."""
    kinds = [str(field.db_type(connections[DEFAULT_DB_ALIAS])) for field in _FIELDS]
    return [(field.attname, kind.partition("(")[0]) for field, kind in zip(_FIELDS, kinds, strict=True)]


@functools.cache
def _insert_sql() -> str:
    return f"INSERT INTO {_table()} VALUES ({', '.join(['%s'] * len(_FIELDS))})"  # noqa: S608 - names of our own


@functools.cache
def _copy_sql() -> str:
    return f"COPY {_table()} FROM STDIN (FORMAT binary)"


def _table() -> str:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    return f"{quoted(Batch._meta.db_table)} ({', '.join(quoted(str(field.column)) for field in _FIELDS)})"


def _copied_row(values: Sequence[tuple[str, Any]]) -> bytes:
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
