"""Where the token buckets of `rates.py` are kept: what every place must do, and the files of one machine."""

import fcntl
import os
import struct
import time
from pathlib import Path
from typing import Protocol

LONGEST_SECONDS = 300.0
"""Nobody has to wait longer: not after one huge batch, nor because a clock was set back."""

Ahead = tuple[float, float]
"""Seconds by which the requests and the rows of a key are ahead of the clock."""


class Buckets(Protocol):
    """Keeps for each key the two times until which its requests and its rows are paid for."""

    def spend(self, key_id: int, seconds: Ahead, below: float) -> Ahead:
        """How far ahead the key was; adds the seconds, in one step for all processes, if neither is above `below`.

        Raises OSError when the place cannot be reached.
        """


_TIMES = struct.Struct("<2d")


class FileBuckets:
    """The two times of each key in a file of its own, 16 bytes long, for the processes of one machine.

    The kernel's lock on the file orders the processes, and the threads: each opens it itself.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, mode=0o700)
        self._folder = folder

    def spend(self, key_id: int, seconds: Ahead, below: float) -> Ahead:
        file = os.open(self._folder / str(key_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            now = time.time()
            kept = os.pread(file, _TIMES.size, 0)
            times = _TIMES.unpack(kept) if len(kept) == _TIMES.size else (now, now)
            requests, rows = (min(max(paid_until - now, 0.0), LONGEST_SECONDS) for paid_until in times)
            if max(requests, rows) <= below:
                os.pwrite(file, _TIMES.pack(now + requests + seconds[0], now + rows + seconds[1]), 0)
            return requests, rows
        finally:
            os.close(file)
