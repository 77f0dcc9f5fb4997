"""What `diagnose` costs on published models against plain TensorFlow: import, load and one forward pass.

`python -m benchmarks.published`; the files are those of `tests/published`. Rounds are interleaved, so that a busy
machine slows both; the ratio of each model is the median of its rounds.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from nantrace.replay.replayer import Replayer
from tests.published.files import LOADABLE, MissingModelError, PublishedModel, file_of
from tests.published.rows import Arrays, healthy, with_faults

ROUNDS = 3
PLAIN = [sys.executable, "-m", "tests.published.plain"]
COMMAND = [sys.executable, "-c", "import sys; from nantrace.command.main import main; sys.exit(main())"]
QUIET = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def seconds(command: list[str], codes: tuple[int, ...]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, env=QUIET, capture_output=True, text=True, check=False)
    assert done.returncode in codes, done.stderr[-2000:]
    return time.perf_counter() - start


def ratio(model: PublishedModel, rows: Arrays, expected: int) -> float:
    """Seconds of a whole `diagnose` over those of plain TensorFlow on the same rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.path").write_text(f"{file_of(model)}\n{model.keras}")
        np.savez(folder / "model.rows.npz", allow_pickle=False, **rows)
        diagnose = [*COMMAND, "diagnose", str(file_of(model)), "--inputs", str(folder / "model.rows.npz"), "--json"]
        ratios = []
        for _ in range(ROUNDS):
            plain = seconds([*PLAIN, name], (0,))
            (folder / "model.rows.answers.npz").unlink()
            ratios.append(seconds(diagnose, (expected,)) / plain)
    return statistics.median(ratios)


def main() -> None:
    found: dict[str, list[float]] = {"healthy": [], "failing": []}
    for model in [one for one in LOADABLE if one.examined]:
        replayer = Replayer()
        try:
            rows = healthy(model, replayer.inputs(file_of(model)), 32)
        except MissingModelError as error:
            print(f"{model.name}: {error}")
            continue
        finally:
            replayer.close()
        ratios = {"healthy": ratio(model, rows, 0)}
        if any(values.dtype.kind == "f" for values in rows.values()):
            ratios["failing"] = ratio(model, with_faults(rows), 1)
        for kind, one in ratios.items():
            found[kind].append(one)
        print(f"{model.name}: " + ", ".join(f"{kind} {one:.2f}" for kind, one in ratios.items()), flush=True)
    for kind, ratios_of_kind in found.items():
        print(f"{kind}: median {statistics.median(ratios_of_kind):.2f} of {len(ratios_of_kind)} models")


if __name__ == "__main__":
    main()
