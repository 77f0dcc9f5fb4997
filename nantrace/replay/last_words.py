"""What one child writes to its standard error: kept apart from all others', bounded, and emptied at each question."""

import contextlib
import os
from dataclasses import dataclass
from io import FileIO
from typing import Self

from nantrace.tensors.plain_text import one_line

CHATTER = ("I0000", "W0000", "WARNING")  # what TensorFlow says about every machine
MOST = 300  # characters of a message
PIPE = 65_536  # bytes that a pipe holds, see pipe(7); more is lost, and the writer goes on


@dataclass(frozen=True)
class LastWords:
    """Both ends of a pipe; `theirs` is closed once the child has it. Neither end ever waits for the other."""

    ours: FileIO
    theirs: FileIO

    @classmethod
    def listen(cls) -> Self:
        ours, theirs = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        return cls(FileIO(ours), FileIO(theirs, "w"))

    def forget(self) -> None:
        """What was written so far belongs to rows that are answered."""
        self._read()

    def sentence_end(self) -> str:
        """The last line that says something, as the end of a sentence of ours; empty where nothing was written."""
        text = self._read()
        lines = [one_line(line).strip() for line in text.decode(errors="replace").splitlines()]
        said = [line for line in lines if line and not line.startswith(CHATTER)]
        if not said:
            return ""
        cut = ", cut off" if len(said[-1]) > MOST or len(text) >= PIPE else ""
        return f'. Its last words{cut}: "{said[-1][:MOST]}"'

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()

    def _read(self) -> bytes:
        found = b""
        with contextlib.suppress(ValueError):  # closed by another thread: it said nothing
            while len(found) < PIPE and (more := self.ours.read(PIPE)):
                found += more
        return found
