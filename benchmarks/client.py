"""What the client costs the serving code: `python -m benchmarks.client [log] [keras] [services] [--seconds N]`.

log: one `log()` call. keras: what `watch` adds to a compiled Keras call. services: latency of a serving thread and
memory of its process while the service answers, refuses connections, or takes them and never answers.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CLIENT = str(Path(__file__).parents[1] / "client")
sys.path.insert(0, CLIENT)

import nanwatch_client  # noqa: E402 - of this checkout
from nanwatch_client import stream  # noqa: E402

PARTS = ("log", "keras", "services")
NOWHERE = "http://127.0.0.1:9"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=PARTS, help=", ".join(PARTS))
    parser.add_argument("--seconds", type=float, default=60.0, help="with each of the services")
    given = parser.parse_args()
    if "log" in given.parts:
        measure_log()
    if "keras" in given.parts:
        run("benchmarks.client_keras")
    if "services" in given.parts:
        for kind in ("none", "alive", "refuses", "hangs"):
            run("benchmarks.client_serving", kind, str(given.seconds))


def run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, env={**os.environ, "PYTHONPATH": CLIENT})


def measure_log(calls: int = 20_000) -> None:
    """Each kind of row in turn with the yardstick, so that both meet the same machine."""
    stream.FAILING_A_MINUTE = 10**9  # every row with NaN is kept: else most calls would only count
    row = np.random.default_rng(1).random(30, np.float32)
    bad = row.copy()
    bad[7] = math.nan
    answer, named = np.array([[0.5]], np.float32), record_of(row)
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    listed = {name: [cell] for name, cell in named.items()}
    mixed = {"age": 41, "city": "Rome", "paid": Decimal("1.5"), "at": at, "known": None}
    print(
        "log(), 30 features and one answer; times json.dumps of the 30 by name: median; "
        "microseconds: fastest tenth, median, p99"
    )
    for name, rate, inputs, outputs in (
        ("healthy, 1% sampled, numpy", 0.01, row, answer),
        ("healthy, 1% sampled, lists", 0.01, row.tolist(), [0.5]),
        ("NaN, kept, numpy", 0.01, bad, answer),
        ("NaN, kept, lists", 0.01, bad.tolist(), [0.5]),
        ("healthy, kept, numpy", 1.0, row, answer),
        ("healthy, kept, lists", 1.0, row.tolist(), [0.5]),
        ("healthy, 1% sampled, frame", 0.01, frame_of(row), answer),
        ("healthy, 1% sampled, row of a frame", 0.01, frame_of(row).iloc[0], answer),
        ("healthy, 1% sampled, frame of floats and integers", 0.01, frame_of(row).assign(age=41, city=7), answer),
        ("healthy, 1% sampled, frame with a text", 0.01, frame_of(row).assign(city="Rome"), answer),
        ("NaN, kept, frame", 0.01, frame_of(bad), answer),
        ("NaN, kept, frame of floats and integers", 0.01, frame_of(bad).assign(age=41, city=7), answer),
        ("pd.NA, kept, frame", 0.01, frame_of(row).assign(age=pd.array([pd.NA], "Int64")), answer),
        ("NaN, kept, frame with a text", 0.01, frame_of(bad).assign(city="Rome"), answer),
        ("healthy, 1% sampled, dict, integer and text", 0.01, {**named, "age": 41, "city": "Rome"}, answer),
        ("NaN, kept, dict", 0.01, record_of(bad), answer),
        ("pd.NA, kept, dict", 0.01, {**named, "age": pd.NA}, answer),
        ("NaN, kept, dict, integer and text", 0.01, {**record_of(bad), "age": 41, "city": "Rome"}, answer),
        ("NaN, kept, dict, Decimal", 0.01, {**record_of(bad), "paid": Decimal("1.5")}, answer),
        ("NaN, kept, dict, time", 0.01, {**record_of(bad), "at": at}, answer),
        ("None, kept, dict, integer, text, Decimal and time", 0.01, {**named, **mixed}, answer),
        ("NaN, kept, frame with a time", 0.01, frame_of(bad).assign(at=at), answer),
        ("None, kept, frame, integer, text, Decimal, time", 0.01, frame_of(row).assign(**mixed), answer),
        ("None, kept, dict of lists of one cell, as of to_dict('list')", 0.01, {**listed, "paid": [None]}, answer),
        (
            "NaN, kept, frame of floats and 30 of Int64",
            0.01,
            columns_of(frame_of(bad), pd.array([41], "Int64")),
            answer,
        ),
        ("NaN, kept, frame of floats and 30 of text", 0.01, columns_of(frame_of(bad), "Rome"), answer),
        ("NaN, kept, frame of floats and 30 of times with a zone", 0.01, columns_of(frame_of(bad), at), answer),
        (
            "NaN, kept, frame of floats and 30 of categories",
            0.01,
            columns_of(frame_of(bad), pd.Categorical(["a"])),
            answer,
        ),
        ("healthy, kept, dict of 30 times", 1.0, dict.fromkeys(named, at), answer),
        ("healthy, kept, list with a text", 1.0, [*row.tolist(), "Rome"], answer),
        ("healthy, kept, dict of 30 texts", 1.0, {name: f"text {name}" for name in named}, answer),
        ("healthy, kept, dict of 30 Decimals", 1.0, {name: Decimal(str(one)) for name, one in named.items()}, answer),
    ):
        nanwatch_client.init(NOWHERE, "key", sample_rate=rate)
        log = logging(inputs, outputs)
        parts = [(seconds_of(calls // 10, log), seconds_of(calls // 10, lambda: json.dumps(named))) for _ in range(10)]
        times, yardstick = (np.concatenate(each) for each in zip(*parts, strict=True))
        ratio = np.median(times) / np.median(yardstick)
        microseconds = " ".join(f"{1e6 * np.quantile(times, share):7.2f}" for share in (0.1, 0.5, 0.99))
        print(f"  {name:50} {ratio:5.2f} {microseconds}", flush=True)
    fastest, median = 1e6 * np.quantile(yardstick, (0.1, 0.5))
    print(f"  json.dumps of the 30 by name: {fastest:.2f} {median:.2f} us")


def record_of(row: NDArray[np.float32]) -> dict[str, float]:
    return {f"feature_{index}": value for index, value in enumerate(row.tolist())}


def frame_of(row: NDArray[np.float32]) -> Any:
    """One row with 30 named columns."""
    return pd.DataFrame(row[None], columns=[f"feature_{index}" for index in range(len(row))])


def columns_of(frame: Any, column: Any) -> Any:
    """The frame with 30 more columns."""
    return frame.assign(**{f"other_{index}": column for index in range(30)})


def logging(inputs: Any, outputs: Any) -> Callable[[], None]:
    return lambda: nanwatch_client.log(inputs, outputs, model="churn", version="7", id="request-1")


def seconds_of(calls: int, call: Callable[[], object]) -> NDArray[np.float64]:
    """Of each call, the clock's own 50 ns included."""
    clock = time.perf_counter
    times = np.empty(calls)
    for index in range(calls):
        start = clock()
        call()
        times[index] = clock() - start
    return times


if __name__ == "__main__":
    main()
