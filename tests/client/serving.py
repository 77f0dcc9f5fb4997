"""Real serving processes for tests, with the client on their path and a service to speak to."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.client.recording_server import KEY
from tests.operations.running import ROOT, free_port, wait_until


def environment(url: str, **variables: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "client"),
        "NANWATCH_URL": url,
        "NANWATCH_API_KEY": KEY,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **variables,
    }


def run(script: str, url: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """A Python script to its end."""
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment(url, **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextlib.contextmanager
def server(folder: Path, url: str, *command: str, **variables: str) -> Iterator[str]:
    """`python -m` a server on `PORT` in a folder; its URL once it listens. It ends by SIGTERM, as on Cloud Run."""
    port = str(free_port())
    words = [word.replace("PORT", port) for word in command]
    with (folder / "server.log").open("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=folder, env=environment(url, **variables), stdout=output, stderr=output
        )

        def told() -> str:
            return (folder / "server.log").read_text()

        try:
            wait_until(lambda: listens(int(port)) or process.poll() is not None, told)
            assert process.poll() is None, told()
            yield f"http://127.0.0.1:{port}"
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        finally:
            process.kill()
            process.wait()
            sys.stdout.write(told())


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def post(url: str, body: str, **headers: str) -> tuple[int, str]:
    """The status and the text of the answer to a JSON body."""
    given = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    try:
        with urlopen(Request(url, body.encode(), given), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def snippet(page: str) -> str:
    """The Python program of a page of the documentation."""
    _, _, rest = (ROOT / "docs/integrations" / page).read_text().partition("```python\n")
    return rest.partition("```")[0]
