"""The command `nantrace`: exit codes, one document on standard output, one line where a call cannot be used."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

import nantrace
from nantrace.command.main import main


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "reference.npz", inputs=rng.normal(1013, 9, (500, 2)))
    np.savez(tmp_path / "current.npz", inputs=rng.normal(1013, 9, (200, 2)) * [1, 100])
    return str(tmp_path / "reference.npz"), str(tmp_path / "current.npz")


def test_drift_answers_with_its_exit_code(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    reference, current = files
    assert main(["drift", reference, reference]) == 0
    assert "no drift." in capsys.readouterr().out
    assert main(["drift", reference, current]) == 1
    assert "In another unit" in capsys.readouterr().out


def test_the_document_is_that_of_the_library_and_of_the_service(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drift", *files, "--json"])
    printed = json.loads(capsys.readouterr().out)
    with pytest.raises(SystemExit) as ended:
        call_command("drift", *files, "--json")
    assert ended.value.code == 1
    assert printed == json.loads(capsys.readouterr().out)
    assert printed == nantrace.drift(*files).to_dict()


def test_a_call_that_cannot_be_used_is_one_line(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, _ = files
    (tmp_path / "notes.keras").write_text("not yet trained")
    for arguments, why in (
        (["drift", reference, str(tmp_path / "nowhere.npz")], "current: cannot be read"),
        (["drift", reference, str(tmp_path / "notes.keras")], "current: is a .keras file"),
        (["diagnose", str(tmp_path / "notes.keras"), "--inputs", reference], "model: "),
        (["audit", str(tmp_path / "missing.keras")], "cannot be read: No such file"),
        (["audit", str(tmp_path / "notes.keras"), "--metadata", reference], "model: "),
    ):
        assert main(arguments) == 2
        printed = capsys.readouterr()
        assert not printed.out
        assert printed.err.startswith("nantrace: ")
        assert printed.err.count("\n") == 1
        assert why in printed.err


def test_an_error_that_nobody_foresaw_is_one_line_and_no_finding(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nantrace.library.comparing.compare_rows", lambda *_: dict[str, str]()["no such\nkey"])

    assert main(["drift", *files]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert printed.err.count("\n") == 1
    assert "an error of this program" in printed.err
    assert "KeyError" in printed.err


def test_the_service_s_command_line_ends_with_2_too() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "nanwatch.no_such_settings"}
    command = [sys.executable, "manage.py", "drift", "one.npz", "other.npz"]
    ended = subprocess.run(
        command,
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "ModuleNotFoundError" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["diagnose", "model.keras"], ["explain"]])
def test_arguments_that_are_missing_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: nantrace" in capsys.readouterr().err


def test_it_names_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"nantrace {nantrace.__version__}\n"
