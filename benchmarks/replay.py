"""What watching costs: `python -m benchmarks.replay [--rounds N]`.

Every figure is a ratio to one plain compiled forward pass of the same batch, measured in the same rounds: all ways take
turns, and the median of the ratios of the rounds is printed. `everything` is a whole examination of a healthy batch by
the service's own code: rows over a pipe to the locked children, both standing variants, taps, all checks; one in
HEADROOM_EVERY examinations looks at the whole layer strip, as in the service.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.replay_models import SHAPES, rows_of, save_all
from nantrace.laboratory.examine_batch import PostedRows, reference_of
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensor, Tensors
from tests.examined import examine

HEADROOM_EVERY = 16  # as in monitoring/pipeline.py, which needs Django
WAYS = ("plain", "unfused", "watched", "strip", "check_numerics", "full_health")


class Way:
    """A worker process with oneDNN, as replays have it; answers each line with the milliseconds of one forward pass."""

    def __init__(self, mode: str, model: str) -> None:
        command = [sys.executable, "-m", "benchmarks.replay_worker", mode, model]
        self._process = subprocess.Popen(
            command,
            env={**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._read()

    def __call__(self) -> float:
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return float(self._read())

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return str(self._process.stdout.readline())


def examination(replayer: Replayer, artifact: Path, name: str) -> Callable[[bool], float]:
    """Milliseconds of a whole examination of one healthy batch, reference and all."""
    rows = Tensors.of(Tensor("inputs", rows_of(name)))
    reference = reference_of(replayer, artifact, rows)

    def timed(check_headroom: bool) -> float:
        started = time.perf_counter()
        assert examine(replayer, artifact, PostedRows(rows), reference, {}, check_headroom=check_headroom) == []
        return (time.perf_counter() - started) * 1e3

    timed(True)
    return timed


def ratios(name: str, artifact: Path, replayer: Replayer, rounds: int) -> dict[str, float]:
    """Median over rounds of the ratio to the plain forward pass of the same round."""
    ways: dict[str, Callable[[], float]] = {mode: Way(mode, name) for mode in WAYS}
    whole = examination(replayer, artifact, name)
    ways["without headroom"] = partial(whole, False)
    ways["with headroom"] = partial(whole, True)
    taken: dict[str, list[float]] = {mode: [] for mode in ways}
    for _ in range(rounds):
        for mode, run in ways.items():
            taken[mode].append(run())
    for way in ways.values():
        if isinstance(way, Way):
            way.close()
    plain = taken["plain"]
    found = {
        mode: statistics.median(one / base for one, base in zip(values, plain, strict=True))
        for mode, values in taken.items()
    }
    found["everything"] = (
        found["without headroom"] + (found["with headroom"] - found["without headroom"]) / HEADROOM_EVERY
    )
    found["tap alone"] = statistics.median(
        tapped / base for tapped, base in zip(taken["watched"], taken["unfused"], strict=True)
    )
    found["plain, ms"] = statistics.median(plain)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--only", choices=tuple(SHAPES), action="append")
    given = parser.parse_args()
    replayer = Replayer()
    with tempfile.TemporaryDirectory() as folder:
        paths = save_all(Path(folder))
        for name in given.only or SHAPES:
            found = ratios(name, paths[name], replayer, given.rounds)
            print(f"{name:12}", "  ".join(f"{way} {value:.2f}" for way, value in found.items()), flush=True)
    replayer.close()


if __name__ == "__main__":
    main()
