"""The processes behind a replayer, as the kernel tells of them."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def children(parent: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if after_name[0] != "Z" and int(after_name[1]) == parent:
            found.add(int(stat.parent.name))
    return found


def zygotes() -> set[int]:
    """Those that this process started."""
    return {pid for pid in children(os.getpid()) if b"monitoring.replay.zygote" in _command(pid)}


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def becomes_true(question: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it is so before long."""
    until = time.monotonic() + seconds
    while not question():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
