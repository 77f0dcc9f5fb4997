"""Keeps a claim alive while its batch is worked on, however long the model takes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection

from ingest.models import Batch
from monitoring.queue import claims

LEASE = timedelta(seconds=30)
RENEW_SECONDS = 10.0


@contextmanager
def renewed(batch: Batch) -> Iterator[None]:
    """Renews the lease of `batch` every few seconds until the block ends, from a thread of its own."""
    over = threading.Event()
    thread = threading.Thread(target=_renew, args=(batch, over), name=f"lease of {batch.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(batch: Batch, over: threading.Event) -> None:
    try:
        while not over.wait(RENEW_SECONDS):
            try:
                claims.extend(batch, LEASE)
            except DatabaseError:
                connection.close()  # a database that was away for a moment: the next round asks anew
    finally:
        connection.close()
