"""How long `make up` takes from a fresh clone until it is ready, and again: `python -m benchmarks.start_up`.

The clone is of the last commit. The first start finds the package caches of pip and uv empty, the second finds
everything in place.
"""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.operations.running import ROOT, free_port


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone, home = Path(folder) / "nanwatch", Path(folder) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NANWATCH_")}
        environment |= {
            "UV_CACHE_DIR": str(home / "uv"),
            "PIP_CACHE_DIR": str(home / "pip"),
            "NANWATCH_PORT": str(free_port()),
        }
        print(f"first start: ready after {seconds_to_ready(clone, environment):.1f} s", flush=True)
        print(f"second start: ready after {seconds_to_ready(clone, environment):.1f} s", flush=True)


def seconds_to_ready(clone: Path, environment: dict[str, str]) -> float:
    """Starts, waits until it says that it is ready, and presses Ctrl-C."""
    started = time.perf_counter()
    process = subprocess.Popen(
        ["make", "up"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if "NaNWatch is ready" in line:
                return time.perf_counter() - started
        raise SystemExit("make up ended:\n" + "".join(said))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate()


if __name__ == "__main__":
    main()
