"""SQLite's checkpoints, outside of requests.

Rows are committed to the write-ahead log; a checkpoint copies them into the database file and waits for the disk, tens
of milliseconds each time. By default the commit that fills the log does that while all others wait for it.
Here a thread does it as the log grows, and leaves little work to a commit.
"""

import threading

from django.db import DatabaseError, connection

EVERY_BYTES = 16 * 2**20
PAGES_BYTES = 64 * 2**10  # what a commit writes in addition to its payload: a page of the table and of each index

_due = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None
_since = 0


def stored(size: int) -> None:
    """A payload of this many bytes was committed; called by one thread at a time."""
    global _since  # noqa: PLW0603 - the state of this module
    _since += size + PAGES_BYTES
    if _since >= EVERY_BYTES:
        _since = 0
        _ensure_thread()
        _due.set()


def _ensure_thread() -> None:
    """Started on first use: a thread does not survive the fork that makes a web process."""
    global _thread  # noqa: PLW0603
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_checkpoint_when_due, name="checkpoints", daemon=True)
            _thread.start()


def _checkpoint_when_due() -> None:
    while True:
        _due.wait()
        _due.clear()
        try:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")  # waits for nobody, keeps nobody waiting
        except DatabaseError:
            connection.close()  # a commit will do it
