"""Whether a process can be locked in on this machine, tried and not only asked for.

`python -m nantrace.replay.escape_probes SCRATCH` locks itself in as a child that loads a model does, tries what a
hostile model would, and prints what it got through with.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from nantrace.replay import sandbox

TIMEOUT = 60.0


def _write(path: Path) -> None:
    path.touch()
    path.unlink()


def _fork() -> None:
    if not os.fork():
        os._exit(0)


def _execute() -> None:
    """Of a program that is not there: this process is still needed. Without the lock that is what the kernel says."""
    with contextlib.suppress(FileNotFoundError):
        os.execv("/nonexistent/program", ["program"])  # noqa: S606


PROBES: Mapping[str, Callable[[Path], object]] = {
    "read /etc/passwd": lambda _: Path("/etc/passwd").read_bytes(),
    "list the root folder": lambda _: list(Path("/").iterdir()),
    "write a file next to its own folder": lambda scratch: _write(scratch.with_name(f"probe-{os.getpid()}")),
    "open a socket": lambda _: socket.socket().close(),
    "start another process": lambda _: _fork(),
    "run a program": lambda _: _execute(),
    "signal the process that started it": lambda _: os.kill(os.getppid(), 0),
}


def lock_trouble() -> str:
    """Why models cannot be locked in here, in a clause; empty where they can."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            tried = subprocess.run(
                [sys.executable, "-m", "nantrace.replay.escape_probes", scratch],
                env=sandbox.bare_environment(locked=True),
                cwd=Path(__file__).resolve().parents[2],
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return f"the process that tries it did not end within {TIMEOUT:g} s"
    try:
        found = json.loads(tried.stdout)
    except ValueError:
        return f"the process that tries it ended with status {tried.returncode}"
    if "no_sandbox" in found:
        return str(found["no_sandbox"])
    return f"a locked process could still {', '.join(found['escapes'])}" if found["escapes"] else ""


def _tried(scratch: Path) -> dict[str, object]:
    try:
        sandbox.restrict_files(scratch, scratch)
        sandbox.limit_resources(sandbox.usual_memory())
        sandbox.deny_system_calls()
    except sandbox.NoSandboxError as error:
        return {"no_sandbox": str(error)}
    return {"escapes": [name for name, probe in PROBES.items() if _succeeds(probe, scratch)]}


def _succeeds(probe: Callable[[Path], object], scratch: Path) -> bool:
    try:
        probe(scratch)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_tried(Path(sys.argv[1]))))
