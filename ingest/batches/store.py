"""One batch, one committed row, then a hint."""

import threading
from contextlib import nullcontext
from functools import partial

from django.db import connection, transaction

from ingest.admission import backlog
from ingest.batches.insert import insert
from ingest.models import Batch
from ingest.signals import batch_accepted
from ingest.sqlite import checkpoints
from ingest.sqlite.write_lock import one_at_a_time

_stored = threading.local()


def store(batch: Batch) -> None:
    """Returns once the batch is committed; raises IntegrityError when its idempotency key is taken.

    An INSERT is a transaction of its own. One that may fail needs a savepoint where a transaction is open already.
    """
    batch.payload_bytes = len(batch.payload or b"")
    with one_at_a_time(), transaction.atomic() if batch.idempotency_key else nullcontext():
        insert(batch)
        if connection.vendor == "sqlite":
            checkpoints.stored(batch.payload_bytes)
    backlog.note(batch.project_id, batch.payload_bytes)
    _stored.rows = rows_stored() + batch.rows
    transaction.on_commit(partial(_tell, batch.version_id))


def rows_stored() -> int:
    """How many rows this thread has stored: two readings tell what a request came to, whatever its wire."""
    rows: int = getattr(_stored, "rows", 0)
    return rows


def _tell(version_id: int) -> None:
    """A receiver that fails must not take back an answer that is already true: `send_robust` logs it."""
    batch_accepted.send_robust(sender=Batch, version_id=version_id)
