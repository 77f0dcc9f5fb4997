"""The INSERT of a batch by a statement that is made once; Django compiles one for every row it saves."""

import functools
import io
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, JSONField
from django.utils import timezone

from ingest.batches.copy_binary import copied_row
from ingest.models import Batch

_FIELDS = Batch._meta.local_concrete_fields
_COPY_PIECE = 2**20


def insert(batch: Batch) -> None:
    """Adds the row, in a transaction of its own where none is open; raises IntegrityError as saving does."""
    batch.received_at = timezone.now()
    database = connections[DEFAULT_DB_ALIAS]  # not the proxy `connection`, which costs time at every use
    with database.cursor() as cursor, database.wrap_database_errors:
        if database.vendor == "postgresql":
            cells = [(kind, getattr(batch, name)) for name, kind in _kinds()]
            cursor.copy_expert(_copy_sql(), io.BytesIO(copied_row(cells)), _COPY_PIECE)
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
