"""Models are programs: what a hostile one can reach."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nantrace.diagnosis.case import ReplayOutcome
from nantrace.replay.escape_probes import lock_trouble
from nantrace.replay.replay_errors import CannotSetUpError, RefusedModelError
from nantrace.replay.replayer import Replayer
from tests.replay.conftest import SECRET, Laboratory, needs_sandbox
from tests.replay.rows import rows_of

pytestmark = needs_sandbox


def asked(laboratory: Laboratory, model: str, path: str | Path) -> ReplayOutcome:
    return laboratory(model).replay(rows_of(path=np.array([str(path)])), "default")


def out_of_reach(laboratory: Laboratory, model: str, path: str | Path) -> None:
    """That is the lock's doing, and no fault of the row."""
    with pytest.raises(CannotSetUpError):
        asked(laboratory, model, path)


def answered(outcome: ReplayOutcome) -> str:
    (answers,) = outcome.outputs.values()
    return str(answers.ravel()[0])


def test_the_reader_reads_what_it_may(laboratory: Laboratory, models: Path) -> None:
    """Its own files: the tests below are about a model that really reads."""
    outcome = asked(laboratory, "reads", models / "reads" / "saved_model.pb")

    assert not outcome.refused
    assert "read_file" in answered(outcome).lower() or "readfile" in answered(outcome).lower()


def test_files_of_the_service_are_out_of_reach(laboratory: Laboratory, models: Path, tmp_path: Path) -> None:
    database = Path(os.environ["NANWATCH_DATA_DIR"]) / "probe.sqlite3"
    database.write_text("every row of every tenant")
    (tmp_path / "key").write_text("secret")
    for path in (
        *("/etc/passwd", "/etc/hostname", database, tmp_path / "key", models / "mlp.keras"),
        *(f"/proc/{os.getpid()}/environ", f"/proc/{os.getpid()}/cmdline", "/proc/1/cmdline"),
    ):
        assert Path(path).exists()
        out_of_reach(laboratory, "reads", path)


def test_no_credential_is_in_its_environment(laboratory: Laboratory) -> None:
    outcome = asked(laboratory, "reads", "/proc/self/environ")

    assert not outcome.refused
    assert SECRET not in answered(outcome)
    assert "KERAS_BACKEND=tensorflow" in answered(outcome), "this is the environment"
    assert not {"DATABASE_URL", "NANWATCH_", "REDIS_URL", "SECRET"} & set(answered(outcome).replace("=", " ").split())
    assert "DATABASE" not in answered(outcome)


def test_folders_are_not_listed(laboratory: Laboratory, models: Path) -> None:
    assert answered(asked(laboratory, "lists", models / "lists" / "*")) != "0", "its own it may list"
    for pattern in ("/etc/*", models / "*", Path(os.environ["NANWATCH_DATA_DIR"]) / "*"):
        try:
            assert answered(asked(laboratory, "lists", pattern)) == "0", pattern
        except CannotSetUpError:
            continue


def test_nothing_is_written(laboratory: Laboratory, models: Path, tmp_path: Path) -> None:
    own = models / "writes_files"
    for path in (tmp_path / "stolen", own / "saved_model.pb", own / "new", Path.home() / "nanwatch-probe"):
        before = path.read_bytes() if path.exists() else None
        out_of_reach(laboratory, "writes_files", path)
        assert (path.read_bytes() if path.exists() else None) == before


def test_the_writer_writes_where_it_may(laboratory: Laboratory) -> None:
    assert not asked(laboratory, "writes_files", "/dev/null").refused


def test_python_of_the_artifact_does_not_run(laboratory: Laboratory) -> None:
    with pytest.raises(RefusedModelError, match="Python code that is not in the file"):
        laboratory("calls_python").facts()


def test_the_service_lives_on(laboratory: Laboratory, replayer: Replayer, models: Path) -> None:
    out_of_reach(laboratory, "reads", "/etc/passwd")

    assert laboratory("mlp.keras").replay(rows_of(features=np.ones((1, 3))), "default").finite.all()
    assert replayer.describe(models / "reads")


def test_a_machine_that_can_lock_models_in_is_known_by_trying() -> None:
    assert lock_trouble() == ""


def test_a_lock_that_cannot_be_tried_in_time_is_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nantrace.replay.escape_probes.TIMEOUT", 0.001)
    assert lock_trouble() == "the process that tries it did not end within 0.001 s"


@pytest.mark.parametrize("missing", ["restrict_files", "deny_system_calls"])
def test_what_a_lock_lets_through_is_named(missing: str, tmp_path: Path) -> None:
    """The same probes without one half of the lock."""
    code = f"""
from pathlib import Path
from nantrace.replay import escape_probes, sandbox
sandbox.{missing} = lambda *_: None
print(escape_probes._tried(Path({str(tmp_path)!r})))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    expected = {
        "restrict_files": ["read /etc/passwd", "list the root folder", "write a file next to its own folder"],
        "deny_system_calls": ["open a socket", "start another process", "run a program", "signal the process"],
    }
    assert all(name in found.stdout for name in expected[missing]), found.stdout + found.stderr
