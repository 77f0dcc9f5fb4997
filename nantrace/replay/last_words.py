"""What one child writes to its standard error: kept apart from all others', bounded, and emptied at each question."""

import contextlib
import os
import select
import threading
from dataclasses import dataclass, field
from io import FileIO
from typing import Self

from nantrace.tensors.plain_text import one_line

CHATTER = ("I0000", "W0000", "WARNING")  # what TensorFlow says about every machine
MOST = 300  # characters of a message
KEPT = 4_000  # bytes, the last ones


@dataclass
class LastWords:
    """Both ends of a pipe; `theirs` is to be closed once the child has it. A thread reads, so that no writer waits."""

    ours: FileIO
    theirs: FileIO
    _tail: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def listen(cls) -> Self:
        ours, theirs = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(ours, False)
        words = cls(FileIO(ours), FileIO(theirs, "w"))
        threading.Thread(target=words._listen, name="last words", daemon=True).start()
        return words

    def forget(self) -> None:
        """What was written so far belongs to rows that are answered."""
        with self._lock:
            self._read()
            self._tail = b""

    def sentence_end(self) -> str:
        """The last line that says something, as the end of a sentence of ours; empty where nothing was written."""
        with self._lock:
            self._read()
            text = self._tail.decode(errors="replace")
        lines = [one_line(line).strip() for line in text.splitlines()]
        said = [line for line in lines if line and not line.startswith(CHATTER)]
        if not said:
            return ""
        cut = ", cut off" if len(said[-1]) > MOST or (len(said) == 1 and len(text) >= KEPT) else ""
        return f'. Its last words{cut}: "{said[-1][:MOST]}"'

    def _listen(self) -> None:
        """Until no process has the other end any more."""
        with contextlib.closing(self.ours):
            more = True
            while more:
                select.select([self.ours], [], [])
                with self._lock:
                    more = self._read()

    def _read(self) -> bool:
        """Takes what is there; False at the end of the stream."""
        while not self.ours.closed and (more := self.ours.read(65_536)) is not None:
            if not more:
                return False
            self._tail = (self._tail + more)[-KEPT:]
        return True
