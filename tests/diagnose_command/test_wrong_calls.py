"""Calls that cannot be used: exit 2, and one line that says which file, why, and the way out."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    np.save(tmp_path / "rows.npy", np.zeros((3, 2)))
    return tmp_path / "rows.npy"


@pytest.fixture
def saved_model(tmp_path: Path) -> Path:
    """A directory that looks like one; no call of these tests gets as far as loading it."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "saved_model.pb").touch()
    return tmp_path / "model"


def refused(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("diagnose", *(str(argument) for argument in arguments))
    assert caught.value.returncode == 2
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_model_that_is_none(tmp_path: Path, rows: Path) -> None:
    (tmp_path / "notes.keras").write_text("not yet trained")
    (tmp_path / "empty").mkdir()
    for name, why in (
        ("missing.keras", "cannot be read: No such file"),
        ("notes.keras", "is no .keras, .h5 or packed SavedModel"),
        ("empty", "is a directory without saved_model.pb"),
    ):
        printed = refused(tmp_path / name, "--inputs", rows)
        assert printed.startswith(f"model: {tmp_path / name} ")
        assert why in printed


def test_rows_that_cannot_be_read(tmp_path: Path, saved_model: Path) -> None:
    assert "inputs: is a .txt file" in refused(saved_model, "--inputs", tmp_path / "rows.txt")
    assert "inputs: cannot be read" in refused(saved_model, "--inputs", tmp_path / "rows.csv")


def test_answers_of_other_rows(tmp_path: Path, rows: Path, saved_model: Path) -> None:
    np.save(tmp_path / "served.npy", np.zeros((2, 1)))
    printed = refused(saved_model, "--inputs", rows, "--outputs", tmp_path / "served.npy")
    assert "has 2 rows, the inputs have 3" in printed


@pytest.mark.parametrize("option", ["--metadata", "--environment"])
def test_json_that_is_none(tmp_path: Path, rows: Path, saved_model: Path, option: str) -> None:
    file = tmp_path / "given.json"
    name = option.removeprefix("--")
    assert f"{name}: {file} cannot be read" in refused(saved_model, "--inputs", rows, option, file)
    file.write_bytes(b"\xff{")
    assert f"{name}: {file} is no JSON" in refused(saved_model, "--inputs", rows, option, file)
    file.write_text(json.dumps(["age"]))
    assert f"{name}: {file} holds no JSON object" in refused(saved_model, "--inputs", rows, option, file)
