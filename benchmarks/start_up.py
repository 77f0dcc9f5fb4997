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
        for start in ("first", "second"):
            to_ready, to_end = seconds_to_ready_and_end(clone, environment)
            print(f"{start} start: ready after {to_ready:.1f} s, gone {to_end:.1f} s after Ctrl-C", flush=True)


def seconds_to_ready_and_end(clone: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Starts, waits until it says that it is ready, presses Ctrl-C, and waits until nothing is left."""
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
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if "NaNWatch is ready" in line:
            break
    else:
        raise SystemExit("make up ended:\n" + "".join(said))
    ready = time.perf_counter()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    return ready - started, time.perf_counter() - ready


if __name__ == "__main__":
    main()
