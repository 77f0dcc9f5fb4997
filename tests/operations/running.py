"""A real `manage.py up` for tests: its output, its processes, its end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150  # seconds, on a machine that has other things to do
API_KEY = "operations-tests-key-0123456789abcdef"


@dataclass
class Running:
    """A started service; `lines` grows with its output."""

    process: "subprocess.Popen[str]"
    url: str
    lines: list[str] = field(default_factory=list)

    def said(self, text: str, since: int = 0) -> bool:
        return any(text in line for line in self.lines[since:])

    def ready(self) -> "Running":
        wait_until(lambda: self.said("NaNWatch is ready"), self.output)
        return self

    def answers(self) -> bool:
        with contextlib.suppress(OSError), urlopen(f"{self.url}/health/ready", timeout=5):
            return True
        return False

    def output(self) -> str:
        return "\n".join(self.lines)

    def processes(self) -> dict[int, str]:
        """The supervised processes and their descendants by id, with their command lines."""
        return {pid: command_line(pid) for pid in descendants(self.process.pid)}

    def one(self, words: str) -> int:
        """The id of the topmost process whose command line has these words."""
        return next(pid for pid, command in self.processes().items() if words in command)

    def interrupt(self) -> int:
        """Ctrl-C: the terminal signals the whole foreground group. Returns the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def up(data_dir: Path, port: int, *arguments: str, **variables: str) -> Iterator[Running]:
    """Starts the service in a process group of its own, as a shell does, and leaves none of it behind."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "up", *arguments],
        env=environment(data_dir, port, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    running = Running(process, f"http://127.0.0.1:{port}")
    reader = threading.Thread(target=lambda: running.lines.extend(line.rstrip() for line in process.stdout or ()))
    reader.start()
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join()


def environment(data_dir: Path, port: int, **variables: str) -> dict[str, str]:
    """What `up` needs, and the servers that this run of the suite is about."""
    servers = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    return {
        "PATH": os.environ["PATH"],
        **servers,
        "NANWATCH_DATA_DIR": str(data_dir),
        "NANWATCH_PORT": str(port),
        "NANWATCH_BOOTSTRAP_API_KEY": API_KEY,
        **variables,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    """Ids of all processes below `pid`, parents first."""
    found: list[int] = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def mapped(pid: int) -> str:
    """The files in the memory of a process, or nothing when it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/maps").read_text()
    return ""


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be collected does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
