"""How long a whole diagnosis takes: `python -m benchmarks.diagnosis`.

Warm: a batch of which some rows fail, from the rows to the findings, the model loaded; beside it the ratio to one plain
examination of the same batch without a fault. Cold: `manage.py diagnose` of a small model as a process, as a ratio to a
process that imports TensorFlow and predicts once.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.replay_models import SHAPES, rows_of, save_all
from nantrace.laboratory.examine_batch import PostedRows, reference_of
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensor, Tensors
from tests.examined import examine

PREDICT_ONCE = """
import sys
import keras
import numpy as np
model = keras.models.load_model(sys.argv[1], compile=False)
model.predict(np.load(sys.argv[2])["inputs"], verbose=0)
"""
ROUNDS = 5


def seconds(replayer: Replayer, artifact: Path, healthy: np.ndarray, failing: np.ndarray) -> tuple[float, float]:
    """Medians over rounds: a diagnosis of the failing batch, and of the healthy one."""
    reference = reference_of(replayer, artifact, Tensors.of(Tensor("inputs", healthy)))
    taken: dict[bool, list[float]] = {True: [], False: []}
    for round_ in range(ROUNDS + 1):
        for bad, array in ((True, failing), (False, healthy)):
            started = time.perf_counter()
            findings = examine(replayer, artifact, PostedRows(Tensors.of(Tensor("inputs", array))), reference, {})
            if round_:
                taken[bad].append(time.perf_counter() - started)
            assert bool(findings) == bad, findings
    return statistics.median(taken[True]), statistics.median(taken[False])


def with_faults(rows: np.ndarray) -> np.ndarray:
    """Four rows lose a value each, one of them two."""
    broken = rows.copy()
    flat = broken.reshape(len(rows), -1)
    flat[[3, 7, 20, 25], [5, 6, 40, 3]] = np.nan
    flat[7, 90] = np.nan
    return broken


def cold(folder: Path, artifact: Path, rows: np.ndarray) -> float:
    """Median ratio of a cold `diagnose` to importing TensorFlow and predicting once."""
    path = folder / "rows.npz"
    np.savez(path, inputs=with_faults(rows))
    ratios = []
    for _ in range(ROUNDS):
        base = _process([sys.executable, "-c", PREDICT_ONCE, str(artifact), str(path)])
        ratios.append(_process([sys.executable, "manage.py", "diagnose", str(artifact), "--inputs", str(path)]) / base)
    return statistics.median(ratios)


def _process(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def main() -> None:
    SHAPES["wide"] = (256, 1000)
    replayer = Replayer()
    with tempfile.TemporaryDirectory() as name:
        paths = save_all(Path(name))
        for model in ("wide", "lstm", "mobilenet"):
            rows = rows_of(model)
            failing, healthy = seconds(replayer, paths[model], rows, with_faults(rows))
            print(f"warm {model:10} {failing:.2f} s, {failing / healthy:.1f} times a healthy batch", flush=True)
        print(
            f"cold diagnose: {cold(Path(name), paths['mlp'], rows_of('mlp')):.2f} times import and predict", flush=True
        )
    replayer.close()


if __name__ == "__main__":
    main()
