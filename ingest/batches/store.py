"""One batch, one committed row, then a hint to the workers."""

from contextlib import nullcontext
from functools import partial

from django.db import connection, transaction

from ingest.admission import backlog
from ingest.batches.insert import insert
from ingest.models import Batch
from ingest.signals import batch_accepted
from ingest.sqlite import checkpoint_after, one_at_a_time


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
    transaction.on_commit(partial(_announce, batch.version_id))


def _announce(version_id: int) -> None:
    """A receiver that fails must not take back an answer that is already true: `send_robust` logs it."""
    batch_accepted.send_robust(sender=Batch, version_id=version_id)
