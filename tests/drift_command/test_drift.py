"""`manage.py drift REF CURRENT`, as a script calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.drift_command.conftest import COLUMNS, Answer, Floats, ordinary, write

Drift = Callable[..., Answer]


@pytest.mark.parametrize("suffix", [".csv", ".npz", ".npy", ".parquet"])
def test_rows_like_the_reference(drift: Drift, tmp_path: Path, suffix: str) -> None:
    reference = write(tmp_path / f"reference{suffix}", ordinary(2_000, 0))
    code, document = drift(reference, write(tmp_path / f"current{suffix}", ordinary(500, 1)))
    assert (code, document["alarm"]) == (0, False)
    assert (document["reference_rows"], document["rows"]) == (2_000, 500)
    assert [(one["alarms"], one["faults"]) for one in document["features"]] == [([], [])] * 3
    assert {"psi", "ks", "js", "wasserstein", "missing_rate", "nan_rate", "inf_rate", "out_of_range_rate"} <= set(
        document["features"][0]
    )


def test_a_fault_is_named_and_the_feature_comes_first(drift: Drift, reference: Path, tmp_path: Path) -> None:
    rows = ordinary(500, 1)
    rows[:, 1] *= 100
    code, document = drift(reference, write(tmp_path / "current.csv", rows))
    assert (code, document["alarm"]) == (1, True)
    first = document["features"][0]
    assert (first["input"], first["name"], first["index"]) == ("inputs", "pressure", 1)
    assert [fault["kind"] for fault in first["faults"]] == ["unit_change"]
    assert [alarm["kind"] for alarm in first["alarms"]][:1] == ["out_of_range"]


def test_the_registered_scaler_shows_raw_rows(drift: Drift, tmp_path: Path) -> None:
    raw = ordinary(2_000, 0)
    mean, scale = raw.mean(axis=0), raw.std(axis=0)
    metadata = tmp_path / "metadata.json"
    scaler = {"kind": "standard", "mean": mean.tolist(), "scale": scale.tolist()}
    metadata.write_text(json.dumps({"features": COLUMNS, "preprocessing": {"scaler": scaler}}))
    reference = write(tmp_path / "reference.npz", (raw - mean) / scale)
    code, document = drift(reference, write(tmp_path / "current.npz", ordinary(500, 1)), "--metadata", metadata)
    assert code == 1
    assert {fault["kind"] for one in document["features"] for fault in one["faults"]} == {"unscaled"}
    assert {one["name"] for one in document["features"]} == set(COLUMNS)


def test_columns_are_matched_by_name(drift: Drift, reference: Path, tmp_path: Path) -> None:
    rows = ordinary(500, 1)
    code, document = drift(
        reference, write(tmp_path / "current.csv", rows[:, [2, 0, 1]], ["visibility", "temp", "pressure"])
    )
    assert (code, document["alarm"]) == (0, False)
    assert {(one["name"], one["index"]) for one in document["features"]} == set(zip(COLUMNS, range(3), strict=True))


def test_more_columns_are_left_out_and_named(
    reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], drift: Drift
) -> None:
    rows = np.column_stack([np.arange(500.0), ordinary(500, 1)])
    call_command("drift", str(reference), str(write(tmp_path / "current.csv", rows, ["id", *COLUMNS])))
    assert "the reference has no such column: 'id'" in capsys.readouterr().err
    assert drift(reference, tmp_path / "current.csv")[0] == 0


def test_text_where_numbers_were_is_an_alarm_of_its_type(drift: Drift, reference: Path, tmp_path: Path) -> None:
    current = tmp_path / "current.csv"
    current.write_text("temp,pressure,visibility\n" + "15.0,high,8.5\n" * 50)
    code, document = drift(reference, current)
    assert (code, document["alarm"]) == (1, True)
    kinds = {one["name"]: [alarm["kind"] for alarm in one["alarms"]] for one in document["features"]}
    assert kinds["pressure"] == ["type"]


def test_another_width_without_names_is_an_alarm_of_its_type(drift: Drift, tmp_path: Path) -> None:
    reference = write(tmp_path / "reference.npy", ordinary(500, 0))
    code, document = drift(reference, write(tmp_path / "current.npy", np.ones((50, 5))))
    assert (code, document["alarm"]) == (1, True)
    assert {alarm["kind"] for one in document["features"] for alarm in one["alarms"]} == {"type"}


def test_missing_cells_and_an_unknown_category(drift: Drift, tmp_path: Path) -> None:
    reference, current = tmp_path / "reference.csv", tmp_path / "current.csv"
    reference.write_text("carrier,delay\n" + "".join(f"{'AA' if i % 2 else 'UA'},{i % 40}.5\n" for i in range(1_000)))
    current.write_text(
        "carrier,delay\n"
        + "".join(f"{'ZZ' if i % 2 else 'UA'},{'' if i % 5 == 0 else i % 40 + 0.5}\n" for i in range(500))
    )
    code, document = drift(reference, current)
    assert code == 1
    kinds = {one["name"]: {alarm["kind"] for alarm in one["alarms"]} for one in document["features"]}
    assert "unseen_category" in kinds["carrier"]
    assert "missing" in kinds["delay"]


@pytest.mark.parametrize(
    "rows",
    [
        np.full((5, 3), np.nan),
        np.full((5, 3), np.inf),
        np.ones((1, 3)),
        np.full((3, 3), 1e308) * np.array([1, -1, 1]),
        np.zeros((2, 3)),
    ],
    ids=["all NaN", "all infinite", "one row", "huge", "zeros"],
)
def test_degenerate_rows_are_answered_in_strict_json(drift: Drift, tmp_path: Path, rows: Floats) -> None:
    paths = write(tmp_path / "one.npz", rows), write(tmp_path / "other.npz", ordinary(100, 0))
    for reference, current in (paths, paths[::-1], (paths[0], paths[0])):
        _, document = drift(reference, current)
        json.dumps(document, allow_nan=False)


def test_three_thousand_features(drift: Drift, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    reference = write(tmp_path / "reference.npy", rng.normal(size=(60, 3_000)))
    code, document = drift(reference, write(tmp_path / "current.npy", rng.normal(size=(40, 3_000))))
    assert (code, len(document["features"])) == (0, 3_000)


def test_what_is_known_of_a_file_is_said_by_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ordinary(300, 1)
    write(tmp_path / "reference.npy", ordinary(2_000, 0))
    lines = [":".join(map(str, row)) for row in rows.tolist()]
    (tmp_path / "current.csv").write_text("\n".join(["none:none:none", *lines]) + "\n")
    files = [str(tmp_path / "reference.npy"), str(tmp_path / "current.csv")]

    call_command("drift", *files, "--json", "--delimiter", ":", "--no-header")

    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["rows"] == 301
    assert [one["missing_rate"] for one in document["features"]] == pytest.approx([1 / 301] * 3)
    assert printed.err == ""


def test_a_first_line_of_numbers_is_a_row_and_standard_error_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "reference.npy", ordinary(2_000, 0))
    lines = [";".join(map(str, row)) for row in ordinary(300, 1).tolist()]
    (tmp_path / "current.csv").write_text("\r\n".join(lines))

    call_command("drift", str(tmp_path / "reference.npy"), str(tmp_path / "current.csv"), "--json")

    printed = capsys.readouterr()
    assert json.loads(printed.out)["rows"] == 300
    assert "the first line holds values, so it is a row and no header" in printed.err
    assert "cells are separated by ';'" in printed.err


@pytest.mark.parametrize("delimiter", ["", "ab", '"'])
def test_a_delimiter_that_cannot_be_one(reference: Path, delimiter: str) -> None:
    with pytest.raises(CommandError, match="separate cells"):
        call_command("drift", str(reference), str(reference), f"--delimiter={delimiter}")
