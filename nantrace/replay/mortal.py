"""Runs a command that the kernel kills when its parent dies, so that even `kill -9` leaves no process behind.

`python -m nantrace.replay.mortal PARENT_ID NICENESS COMMAND...`: the parent cannot do it for the child, for
between fork and exec no Python runs safely.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Makes this process die when `parent` does, also when that happened already. Linux only."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.nice(int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - the supervisor's own programs
