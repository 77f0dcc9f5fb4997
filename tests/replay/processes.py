"""The processes behind a replayer, as the kernel tells of them."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def children(parent: int) -> set[int]:
    """Those that are alive."""
    found = {
        int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _status(int(folder.name))[1:2] == [str(parent)]
    }
    return {pid for pid in found if alive(pid)}


def alive(pid: int) -> bool:
    """Of a killed process the first thread is dead at once, and its files are closed with the last one."""
    state = _status(pid)[:1]
    return state not in ([], ["Z"]) or len(_threads(pid)) > 1


def _status(pid: int) -> list[str]:
    """State, parent, ...; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _threads(pid: int) -> list[str]:
    try:
        return [thread.name for thread in Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def zygotes() -> set[int]:
    """Those that this process started."""
    return {pid for pid in children(os.getpid()) if b"nantrace.replay.zygote" in _command(pid)}


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def becomes_true(question: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it is so before long."""
    until = time.monotonic() + seconds
    while not question():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
