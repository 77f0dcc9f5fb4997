"""What SQLite needs and PostgreSQL does not: a lock for which writers wait, and checkpoints outside of requests.

SQLite takes one writer at a time. On a busy database it sleeps, up to 100 ms at a time, and tries again, and the
longest waiter has no advantage. Here threads wait for a lock of the process, processes for the kernel's lock on a file
next to the database: both wake the next one at once.

Rows are committed to the write-ahead log; a checkpoint copies them into the database file and waits for the disk, tens
of milliseconds each time. By default the commit that fills the log does that while all others wait for it.
Here a thread does it as the log grows, and leaves little work to a commit.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import DatabaseError, connection

EVERY_BYTES = 16 * 2**20
PAGES_BYTES = 64 * 2**10  # what a commit writes in addition to its payload: a page of the table and of each index

_process_lock = threading.RLock()
_held = threading.local()
_due = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None
_since = 0


def one_at_a_time() -> AbstractContextManager[None]:
    """The write lock, which a thread may take again while it holds it.

    A transaction that stores batches begins inside of it, else it would hold the database and wait for the lock.
    """
    return _locked() if connection.vendor == "sqlite" else nullcontext()


@contextmanager
def _locked() -> Iterator[None]:
    with _process_lock:
        if getattr(_held, "file", False):
            yield
            return
        _held.file = True
        try:
            with _file_locked():
                yield
        finally:
            _held.file = False


@contextmanager
def _file_locked() -> Iterator[None]:
    """Opens the file each time: a lock belongs to the opened file, which processes share when they are forked."""
    file = os.open(f"{connection.settings_dict['NAME']}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def checkpoint_after(size: int) -> None:
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
