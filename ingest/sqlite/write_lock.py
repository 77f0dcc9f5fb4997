"""SQLite takes one writer at a time; writers wait here for a lock instead of sleeping and trying again.

On a busy database SQLite itself sleeps, up to 100 ms at a time, and the longest waiter has no advantage. Threads wait
for a lock of the process, processes for the kernel's lock on a file next to the database: both wake the next one at
once.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import connection

_process_lock = threading.RLock()
_held = threading.local()


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
