"""Models are programs: what a hostile one can reach."""

import os
from pathlib import Path

import numpy as np

from nantrace.diagnosis.case import ReplayOutcome
from nantrace.replay.replayer import Replayer
from tests.replay.conftest import SECRET, Laboratory, needs_sandbox
from tests.replay.rows import rows_of

pytestmark = needs_sandbox


def asked(laboratory: Laboratory, model: str, path: str | Path) -> ReplayOutcome:
    return laboratory(model).replay(rows_of(path=np.array([str(path)])), "default")


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
        outcome = asked(laboratory, "reads", path)
        assert list(outcome.refused) == [0], path


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
        outcome = asked(laboratory, "lists", pattern)
        assert outcome.refused or answered(outcome) == "0", pattern


def test_nothing_is_written(laboratory: Laboratory, models: Path, tmp_path: Path) -> None:
    own = models / "writes_files"
    for path in (tmp_path / "stolen", own / "saved_model.pb", own / "new", Path.home() / "nanwatch-probe"):
        before = path.read_bytes() if path.exists() else None
        outcome = asked(laboratory, "writes_files", path)
        assert list(outcome.refused) == [0], path
        assert (path.read_bytes() if path.exists() else None) == before


def test_the_writer_writes_where_it_may(laboratory: Laboratory) -> None:
    assert not asked(laboratory, "writes_files", "/dev/null").refused


def test_python_of_the_artifact_does_not_run(laboratory: Laboratory) -> None:
    outcome = laboratory("calls_python").replay(rows_of(x=np.ones((2, 1))), "default")

    assert sorted(outcome.refused) == [0, 1]


def test_the_service_lives_on(laboratory: Laboratory, replayer: Replayer, models: Path) -> None:
    asked(laboratory, "reads", "/etc/passwd")

    assert laboratory("mlp.keras").replay(rows_of(features=np.ones((1, 3))), "default").finite.all()
    assert replayer.describe(models / "reads")
