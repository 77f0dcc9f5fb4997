"""Calls that cannot be used: exit 2, and one line that says which file, why, and what is missing."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.drift_command.conftest import ordinary, write


def refused(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("drift", *map(str, arguments))
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path, reference: Path) -> None:
    assert "current: cannot be read" in refused(reference, tmp_path / "nowhere.csv")
    assert "reference: is a .txt file" in refused(tmp_path / "rows.txt", reference)
    (tmp_path / "empty.npz").write_bytes(b"PK nothing")
    assert refused(reference, tmp_path / "empty.npz").startswith("current: ")


def test_a_column_that_is_not_there(tmp_path: Path, reference: Path) -> None:
    current = write(tmp_path / "current.csv", ordinary(9, 1)[:, :2], ["temp", "visibility"])
    assert refused(reference, current) == "current: has no column 'pressure', which the reference has"


def test_an_array_that_is_not_there(tmp_path: Path) -> None:
    np.savez(tmp_path / "reference.npz", left=np.ones((9, 2)), right=np.ones((9, 2)))
    np.savez(tmp_path / "current.npz", left=np.ones((9, 2)))
    assert "has no array 'right'" in refused(tmp_path / "reference.npz", tmp_path / "current.npz")


def test_no_rows(tmp_path: Path, reference: Path) -> None:
    empty = write(tmp_path / "empty.npy", np.zeros((0, 3)))
    assert "holds no rows" in refused(reference, empty)
    assert refused(empty, reference).startswith("reference: ")


def test_metadata_that_is_none(tmp_path: Path, reference: Path) -> None:
    (tmp_path / "metadata.json").write_text("[]")
    assert "metadata: " in refused(reference, reference, "--metadata", tmp_path / "metadata.json")
