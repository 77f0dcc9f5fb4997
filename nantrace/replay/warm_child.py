"""The worker's end of a child that has loaded its model, and the models whose children never came so far."""

import select
import socket
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nantrace.replay.last_words import LastWords
from nantrace.replay.replay_errors import RefusedModelError

REMEMBERED = 3600.0  # seconds


@dataclass
class WarmChild:
    """A child that has loaded its model and waits for questions; one at a time, under `lock`."""

    connection: socket.socket
    pid: int
    description: dict[str, Any]
    scratch: tempfile.TemporaryDirectory[str]
    words: LastWords
    lock: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False

    def close(self) -> None:
        self.closed = True
        self.connection.close()
        self.scratch.cleanup()

    def is_gone(self) -> bool:
        """Whether the process has hung up; one that is being asked is left to whoever asks it."""
        if not self.lock.acquire(blocking=False):
            return False
        try:  # it never speaks unasked: what can be read now is the end of the stream
            return bool(select.select([self.connection], [], [], 0)[0])
        finally:
            self.lock.release()


@dataclass
class NeverLoaded:
    """Models that were not loaded within the limit: nobody waits for them once more, each time as long, for an hour."""

    _since: dict[tuple[Path, str], tuple[float, RefusedModelError]] = field(default_factory=dict)

    def note(self, artifact: Path, signature: str, error: RefusedModelError) -> None:
        self._since[artifact, signature] = time.monotonic(), error

    def check(self, artifact: Path, signature: str) -> None:
        """Raises what was raised then."""
        since, error = self._since.get((artifact, signature), (0.0, None))
        if error is not None and time.monotonic() - since < REMEMBERED:
            raise RefusedModelError(error.reason, error.way_out)
