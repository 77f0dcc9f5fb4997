"""Builds cases in one process and diagnoses them in warm replay children, through the door that the commands use."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nantrace.library.diagnosing import DiagnosisCall, diagnose
from nantrace.replay.replayer import Replayer
from tests.cases.runner.scoring import Score, score
from tests.replay.conftest import sandboxed

CASES = Path(__file__).resolve().parents[1]
ROOT = CASES.parents[1]
SIDE_BY_SIDE = 2  # cases


@dataclass(frozen=True)
class Result:
    """`error`: why there is no score; such a case fails by the check "error"."""

    name: str
    score: Score | None
    error: str = ""

    @property
    def failing(self) -> list[str]:
        return self.score.failing if self.score else ["error"]


def case_names() -> list[str]:
    """Of all committed cases."""
    return sorted(path.stem for path in CASES.glob("*.py") if not path.name.startswith("_"))


def run_cases(names: Sequence[str], folder: Path) -> dict[str, Result]:
    """Results by name, sorted. `folder`: an empty one, for the files of the cases."""
    with (
        closing(Replayer(sandbox=sandboxed())) as replayer,
        ThreadPoolExecutor(SIDE_BY_SIDE) as pool,
        _built(names, folder) as built,
    ):
        replayer.warm_up()
        futures = {name: pool.submit(_diagnosed, folder / name, replayer) for name in built}
        results = {name: _result(name, future) for name, future in futures.items()}
    return {name: results.get(name, Result(name, None, "not built")) for name in sorted(names)}


def untrue_remedies(names: Sequence[str], folder: Path) -> dict[str, list[str]]:
    """By case what is not true of its remedies, see `paste_remedies`; cases without any are left out."""
    known = [name for name in names if (folder / name / "incidents.json").exists()]
    command = [sys.executable, "-m", "tests.cases.runner.paste_remedies", str(folder), *known]
    ran = subprocess.run(command, cwd=ROOT, env=_quiet(), stdout=subprocess.PIPE, text=True, check=False)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    found = {one["case"]: one["untrue"] for one in answers if one["untrue"]}
    return found | {name: ["not pasted"] for name in set(known) - {one["case"] for one in answers}}


def _quiet() -> dict[str, str]:
    return {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def _result(name: str, future: Future[Score]) -> Result:
    """Whatever went wrong is a failing case, and the others still count."""
    if error := future.exception():
        return Result(name, None, f"{type(error).__name__}: {error}")
    return Result(name, future.result())


@contextmanager
def _built(names: Sequence[str], folder: Path) -> Iterator[Iterator[str]]:
    """Names as they are built."""
    command = [sys.executable, "-m", "tests.cases.runner.build_cases", str(folder), *names]
    with subprocess.Popen(command, cwd=ROOT, env=_quiet(), stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None
        yield (line.strip() for line in builder.stdout)


def _diagnosed(folder: Path, replayer: Replayer) -> Score:
    truth = json.loads((folder / "truth.json").read_text())
    incidents = _incidents(folder, replayer)
    (folder / "incidents.json").write_text(json.dumps(incidents))
    return score(truth, incidents)


def _incidents(folder: Path, replayer: Replayer) -> list[dict[str, Any]]:
    (model,) = folder.glob("model.*")
    files = {path.stem: path for path in folder.iterdir()}
    known = [files.get(name) for name in ("reference", "outputs", "metadata", "environment")]
    call = DiagnosisCall(model, files["rows"], *known)
    incidents: list[dict[str, Any]] = diagnose(call, replayer).to_dict()["incidents"]
    return incidents
