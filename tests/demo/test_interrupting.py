"""The demo can be stopped at any moment and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from ingest.models import ApiKey, Project, Scope


@pytest.fixture
def demo(live_server: LiveServer, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo as `up` starts it, while TensorFlow is imported; its temporary files are in `tmp_path`."""
    _, secret = ApiKey.issue(Project.objects.create(name="demo"), "demo", list(Scope.values))
    environment = {
        **os.environ,
        "NANWATCH_DEMO_URL": live_server.url,
        "NANWATCH_DEMO_KEY": secret,
        "TMPDIR": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "monitoring.demo"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "TensorFlow" in process.stdout.readline()
        _wait(lambda: bool(_trainers(tmp_path)))
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_trainer_ends_with_the_demo(demo: subprocess.Popen[str], tmp_path: Path, number: signal.Signals) -> None:
    demo.send_signal(number)
    demo.wait(20)

    _wait(lambda: not _trainers(tmp_path))
    assert list(tmp_path.iterdir()) == []


def _trainers(folder: Path) -> list[str]:
    """Processes that train into a folder under `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "monitoring.demo.train" in command and str(folder) in command:
            found.append(process.name)
    return found


def _wait(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
