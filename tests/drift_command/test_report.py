"""The report that a person reads in a terminal, a pipe or a log."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from tests.drift_command.conftest import ordinary, write

ESCAPE = "\x1b"
Report = Callable[..., str]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setenv("COLUMNS", "100")

    def printed(*arguments: object) -> str:
        with contextlib.suppress(SystemExit):
            call_command("drift", *map(str, arguments))
        return capsys.readouterr().out

    return printed


def test_the_whole_story_is_printed(report: Report, reference: Path, tmp_path: Path) -> None:
    rows = ordinary(500, 1)
    rows[:, 1] *= 100
    rows[:50, 2] = np.nan
    printed = re.sub(r"\s+", " ", report(reference, write(tmp_path / "current.csv", rows)))
    for expected in (
        "In another unit unit_change",
        "pressure, ",
        "% sure",
        "rows[..., 1] = ",
        "pressure out of range 100.0% of its values lie outside the reference's range; the reference 0.0%",
        "visibility missing 10.0% of its values are missing",
        "500 rows against 2,000 of the reference:",
        "1 named fault.",
    ):
        assert expected in printed, expected
    assert ESCAPE not in printed


def test_nothing_has_drifted(report: Report, reference: Path, tmp_path: Path) -> None:
    printed = report(reference, write(tmp_path / "current.csv", ordinary(500, 1)))
    assert printed.splitlines()[-1] == "500 rows against 2,000 of the reference: no drift."


def test_no_line_is_wider_than_the_terminal_but_code(report: Report, tmp_path: Path) -> None:
    names = [f"a_feature_with_quite_a_long_name_{i}" for i in range(18)]  # three more than are listed
    rng = np.random.default_rng(0)
    reference = write(tmp_path / "reference.csv", rng.normal(size=(300, 18)), names)
    printed = report(reference, write(tmp_path / "current.csv", rng.normal(size=(300, 18)) * 50 + 900, names))
    wide = [line for line in printed.splitlines() if len(line) > 100 and "rows[" not in line]
    assert wide == []
    assert len(printed.splitlines()) < 120
    assert "more" in printed


def test_names_are_no_markup(report: Report, tmp_path: Path) -> None:
    hostile = ["[bold]x[/bold]", "[2J", "z"]
    rows = ordinary(200, 0)
    reference = write(tmp_path / "reference.csv", rows, hostile)
    printed = report(reference, write(tmp_path / "current.csv", rows * 1e6, hostile))
    assert ESCAPE not in printed
    assert "[bold]x[/bold]" in printed
