"""Rows a second into drift windows, on one core: `python -m benchmarks.drift_window CACHE [--rows N] [--no-peers]`.

50 float features, 2% of the cells missing, and everything on: bins, tails, means, NaN, infinities, missing cells.
Windows are updated batch by batch. Beside it NannyML, whylogs and Evidently's default preset on the same rows, each in
an environment of its own that is made under the directory CACHE, one after the other on the same core, with what they
do by default; the ratio is to counting and measuring windows of as many rows. And the bytes of a stored window.

Seconds are of processor time, which other work on the machine changes less than those of a clock.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import measure
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Sent, Tensor, Tensors

Array = NDArray[Any]

FEATURES, REFERENCE, WINDOW = 50, 20_000, 10_000
ROUNDS = 3
BAR = 1_000_000
NANNYML = ["nannyml==0.13.1", "statsmodels==0.15.0", "pandas==2.3.3"]
PEERS = {
    "nannyml": (NANNYML, 5),
    "nannyml, alike": (NANNYML, 5),
    "whylogs": (["whylogs==1.6.4", "numpy==1.26.4", "pandas==2.3.3"], 50),
    "evidently": (["evidently==0.7.23", "pandas==2.3.3"], 100),
}
PEER_ROWS = {"nannyml": 200_000, "nannyml, alike": 100_000, "whylogs": 30_000, "evidently": 20_000}
UV = Path(sys.executable).with_name("uv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cache", type=Path, help="directory for the peers' environments and the rows")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for dtype in ("float32", "float64"):
        show_updates(dtype, options.rows)
    show_sizes()
    if not options.no_peers:
        show_peers(options.cache, options.rows)


def show_updates(dtype: str, rows: int) -> None:
    """Rows a second for clean, drifted and whole-numbered rows in batches of two sizes."""
    rng = np.random.default_rng(1)
    plain, whole = rng.normal(size=(REFERENCE, FEATURES)), rng.poisson(40, (REFERENCE, FEATURES)).astype(float)
    for name, reference, current in (
        ("clean", plain, rng.normal(size=(rows, FEATURES))),
        ("1 sigma away", plain, rng.normal(size=(rows, FEATURES)) + 1),
        ("times 1000", plain, rng.normal(size=(rows, FEATURES)) * 1000),
        ("whole numbers", whole, rng.poisson(40, (rows, FEATURES)).astype(float)),
    ):
        profile = take_profile(inputs(reference.astype(dtype)))
        values, sent = with_missing(current.astype(dtype))
        for batch in (1_000, 10_000):
            reached = rows_a_second(rows, lambda p=profile, v=values, s=sent, b=batch: update(p, v, s, b))  # type: ignore[misc]
            verdict = "" if name != "clean" else f" (bar {BAR:,})"
            print(f"{dtype} {name:14} in batches of {batch:6,}: {reached:10,.0f} rows/s{verdict}", flush=True)


def update(profile: Profile, values: Array, sent: Array, batch: int) -> Window:
    """The window of all rows, batch by batch."""
    window = profile.empty_window()
    for i in range(0, len(values), batch):
        window = window + profile.count(inputs(values[i : i + batch], sent[i : i + batch]))
    return window


def judge(profile: Profile, values: Array) -> None:
    """A window counted and measured for each 10,000 rows."""
    for i in range(0, len(values), WINDOW):
        measure(profile, profile.count(inputs(values[i : i + WINDOW])))


def show_sizes() -> None:
    """Bytes of a stored window for each feature."""
    rng = np.random.default_rng(2)
    for features in (50, 1000):
        profile = take_profile(inputs(rng.normal(size=(REFERENCE, features)).astype("float32")))
        for shift in (0.0, 0.5, 1000.0):
            window = profile.empty_window()
            for batches in (1, 99, 900) if features == 50 else (1, 99):
                for _ in range(batches):
                    current = (rng.normal(size=(1_000, features)) + shift).astype("float32")
                    window = window + profile.count(inputs(current))
                size = len(window.to_bytes()) / features
                print(
                    f"{features:5} features, {window.rows:9,} rows, {shift:6} sigma away: {size:4.0f} bytes a feature"
                )


def show_peers(cache: Path, rows: int) -> None:
    """Rows a second of each peer beside ours, in windows of 10,000 rows of float64."""
    rng = np.random.default_rng(3)
    reference, current = rng.normal(size=(REFERENCE, FEATURES)), rng.normal(size=(rows, FEATURES))
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(cache / "rows.npz", reference=reference, current=current)
    profile = take_profile(inputs(reference))
    for peer, (packages, bar) in PEERS.items():
        ours = rows_a_second(rows, lambda: judge(profile, current))
        theirs = peer_rows_a_second(cache, peer, packages)
        if theirs is None:
            print(f"{peer:15} could not be installed or run here")
            continue
        print(
            f"{peer:15} {theirs:10,.0f} rows/s, ours {ours:10,.0f}: {ours / theirs:6.1f} times (bar {bar})", flush=True
        )


def peer_rows_a_second(cache: Path, peer: str, packages: list[str]) -> float | None:
    """Runs `benchmarks/drift_peers.py` with the peer's own interpreter; None when it fails, and its error is shown."""
    home = cache / peer.partition(",")[0]
    python = home / "bin" / "python"
    script = Path(__file__).with_name("drift_peers.py")
    for command in (
        [UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, home],
        [UV, "pip", "install", "--quiet", "--python", python, *packages],
        [python, script, peer, cache / "rows.npz", str(PEER_ROWS[peer]), str(WINDOW)],
    ):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr[-600:], file=sys.stderr)
            return None
    return float(json.loads(done.stdout.splitlines()[-1])["rows_a_second"])


def rows_a_second(rows: int, work: Callable[[], object]) -> float:
    """Of the fastest of three rounds, which other work on the machine disturbed least."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return rows / min(seconds)


def with_missing(values: Array) -> tuple[Array, NDArray[np.uint8]]:
    """The rows with 2% of the cells missing, and the codes of what was sent."""
    gone = np.random.default_rng(4).random(values.shape) < 0.02
    return np.where(gone, np.nan, values).astype(values.dtype), np.where(gone, Sent.MISSING, Sent.VALUE).astype(
        np.uint8
    )


def inputs(values: Array, sent: NDArray[np.uint8] | None = None) -> Tensors:
    return Tensors.of(Tensor("inputs", values, sent))


if __name__ == "__main__":
    main()
