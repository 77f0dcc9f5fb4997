"""The process that has imported TensorFlow and run nothing: it forks a locked child per model and flag set.

`python -m nantrace.replay.zygote FD`. Over the control socket FD come JSON lines, each with one end of a
socket pair attached for the child to speak through, and one of a pipe for its standard error; the zygote dies with the
worker that started it.
"""

import json
import os
import resource
import select
import signal
import socket
import sys
import traceback
from typing import Any

from nantrace.replay.child import serve
from nantrace.replay.mortal import die_with_parent
from nantrace.replay.sandbox import limit_memory


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    limit_memory(resource.getrlimit(resource.RLIMIT_DATA)[1])  # the worker's is its own; children get theirs
    import keras  # noqa: F401 - imported before the first fork, so that every child shares it
    import tensorflow  # noqa: F401

    from nantrace.replay import session  # noqa: F401

    children: dict[int, str] = {}  # the scratch folder of each
    while True:
        _reap(children)
        if not select.select([control], [], [], 1.0)[0]:
            continue
        request = _next_request(control)
        if request is None:
            _kill_all(children)
            return
        order, descriptors = request
        if "kill" in order:
            _kill(order["kill"], children)
        else:
            children[_fork(control, order, *descriptors)] = order["scratch"]


def _next_request(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    data, descriptors, _, _ = socket.recv_fds(control, 65536, 2)
    return (json.loads(data), descriptors) if data else None


def _fork(control: socket.socket, order: dict[str, Any], descriptor: int, messages: int) -> int:
    zygote = os.getpid()
    pid = os.fork()
    if pid:
        os.close(descriptor)
        os.close(messages)
        return pid
    status = 1
    try:
        control.close()
        os.dup2(messages, sys.stderr.fileno())  # what a model writes is never among another's messages
        os.close(messages)
        die_with_parent(zygote)  # a model that computes for ever does not notice that nobody listens any more
        serve(socket.socket(fileno=descriptor), order)
        status = 0
    except BaseException:  # noqa: BLE001 - a forked child must never return into its parent's loop
        traceback.print_exc()
    finally:
        os._exit(status)


def _reap(children: dict[int, str]) -> None:
    for pid in list(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del children[pid]


def _kill(scratch: str, children: dict[int, str]) -> None:
    """Only its own children, and only while they are not reaped: a number is never reused before that."""
    for pid, folder in children.items():
        if folder == scratch:
            os.kill(pid, signal.SIGKILL)


def _kill_all(children: dict[int, str]) -> None:
    _reap(children)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
