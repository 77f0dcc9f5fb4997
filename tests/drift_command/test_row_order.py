"""What the order of rows means: `--iid`, `--time COLUMN`, and what is assumed where neither is given."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command
from pyarrow import parquet

import nantrace
from tests.drift.alarms_traffic import clustered, independent
from tests.drift_command.conftest import Answer, Floats, write

Drift = Callable[..., Answer]
SHUFFLED = np.random.default_rng(0).permutation


def shuffled_clusters(seed: int, rows: int) -> tuple[Floats, Floats]:
    """Rows in clusters out of their order, and the number that each had in it."""
    order = SHUFFLED(rows)
    return clustered(seed, rows, 3)[order], order.astype(float)


def columns_with_time(path: Path, seed: int, rows: int) -> Path:
    cells, time = shuffled_clusters(seed, rows)
    return write(path, np.column_stack([cells[:, :1], time, cells[:, 1:]]), ["a", "time", "b", "c"])


def basis(document: dict[str, object]) -> tuple[object, object]:
    row_order = document["row_order"]
    assert isinstance(row_order, dict)
    return row_order["basis"], row_order["sorted_by"]


def test_what_is_assumed_is_said(drift: Drift, tmp_path: Path) -> None:
    reference = write(tmp_path / "reference.npy", clustered(0, 10_000, 3))
    current = write(tmp_path / "current.npy", clustered(1, 2_000, 3))
    _, document = drift(reference, current)
    said = document["row_order"]
    assert basis(document) == ("reference_order", None)
    assert 10 <= said["independent_rows"] <= 50  # 40 clusters, and not all variance is theirs
    assert f"2,000 rows count as about {said['independent_rows']} independent ones" in said["detail"]
    assert "The option iid" in said["detail"]


def test_every_other_assumption_is_said_too() -> None:
    cases = {
        "current_order": (SHUFFLED(clustered(0, 10_000, 3)), clustered(1, 2_000, 3)),
        "no_order": (independent(0, 2_000, 40), independent(1, 500, 40)),
        "too_few_rows": (independent(0, 2_000, 40), independent(1, 50, 40)),
    }
    for expected, files in cases.items():
        document = nantrace.drift(*files).to_dict()
        assert basis(document) == (expected, None)
        assert "The option time" in document["row_order"]["detail"]


def test_a_person_says_that_rows_are_independent(drift: Drift, tmp_path: Path) -> None:
    reference = write(tmp_path / "reference.npy", clustered(0, 10_000, 3))
    current = write(tmp_path / "current.npy", clustered(1, 2_000, 3))
    assert drift(reference, current)[0] == 0
    code, document = drift(reference, current, "--iid")
    assert (code, basis(document)) == (1, ("iid", None))
    assert document["row_order"]["independent_rows"] == 2_000


def test_independent_rows_have_all_their_weight_and_no_more() -> None:
    """Of clean ones at most as many alarm as was promised, and a shift that clusters would explain is seen."""
    reference = clustered(0, 2_000, 3)
    samples = [np.random.default_rng(seed).choice(reference, 400) for seed in range(30)]
    assert sum(nantrace.drift(reference, rows, iid=True).alarm for rows in samples) <= 1
    assert not nantrace.drift(reference, samples[0] + 0.5).alarm
    assert nantrace.drift(reference, samples[0] + 0.5, iid=True).alarm


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_rows_sorted_by_time_are_those_in_the_order_in_which_they_came(
    drift: Drift, tmp_path: Path, suffix: str
) -> None:
    files = [columns_with_time(tmp_path / f"{name}{suffix}", *size) for name, size in SIDES.items()]
    _, document = drift(*files, "--time", "time")
    assert basis(document) == ("reference_order", "time")
    assert document["row_order"]["detail"].startswith("Sorted by 'time', the reference shows")
    assert "option time" not in document["row_order"]["detail"]
    in_order = nantrace.drift(*({"inputs": clustered(*size, 3)} for size in SIDES.values())).to_dict()
    figures = [{key: one[key] for key in ("index", "ks", "alarms")} for one in document["features"]]
    assert figures == [{key: one[key] for key in ("index", "ks", "alarms")} for one in in_order["features"]]
    assert {one["name"] for one in document["features"]} == {"a", "b", "c"}
    assert document["row_order"]["independent_rows"] == in_order["row_order"]["independent_rows"]


SIDES = {"reference": (0, 10_000), "current": (1, 2_000)}


def test_times_are_texts_or_timestamps_and_the_numbers_next_to_them_stay_one_matrix(
    drift: Drift, tmp_path: Path
) -> None:
    paths = []
    for name, size in SIDES.items():
        cells, order = shuffled_clusters(*size)
        moments = np.datetime64("2026-01-31T23:59:00") + order.astype("timedelta64[s]")
        texts = [f"{moment}Z" for moment in moments.tolist()] if name == "reference" else moments
        columns = {"time": texts, **{letter: cells[:, i] for i, letter in enumerate("abc")}}
        parquet.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
        paths.append(tmp_path / f"{name}.parquet")
    _, document = drift(*paths, "--time", "time")
    assert basis(document) == ("reference_order", "time")
    assert {(one["input"], one["name"]) for one in document["features"]} == {("inputs", name) for name in "abc"}


def test_an_order_of_time_that_shows_nothing_is_believed() -> None:
    """A shuffled reference may hide outages, so that a few missing cells more are none; a sorted one has no outages."""
    reference, current = independent(0, 5_000, 2), independent(1, 50, 2)
    reference[::50, 0] = current[::5, 0] = np.nan
    assert not nantrace.drift(reference, current).alarm
    rows = ({"time": np.arange(len(cells)), "x": cells} for cells in (reference, current))
    document = nantrace.drift(*rows, time="time").to_dict()
    assert basis(document) == ("too_few_rows", "time")
    assert [(one["input"], one["index"]) for one in document["features"] if one["alarms"]] == [("x", 0)]


def test_a_person_reads_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [columns_with_time(tmp_path / f"{name}.csv", *size) for name, size in SIDES.items()]
    call_command("drift", *map(str, files), "--time", "time")
    printed = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "Sorted by 'time', the reference shows that neighbours resemble each other: 2,000 rows count as" in printed
    html = nantrace.drift(*files, time="time")._repr_html_()
    assert "Sorted by &#x27;time&#x27;, the reference shows that neighbours resemble each other" in html


@pytest.mark.parametrize(
    ("times", "why"),
    [
        (["2026-01-31", ""] * 20, "column 'time' of the reference has 20 cells without a time"),
        (["2026-01-31", "31 Jan 2026"] * 20, "holds '31 Jan 2026', which does not sort; write times as 2026-01-31T"),
        (["2026-01-31"] * 40, "holds 2026-01-31 in every row, which sorts nothing; name another column"),
        (["2026-01-31T00:00Z", "2026-01-31T00:00"] * 20, "times with a time zone and times without; write them alike"),
    ],
)
def test_times_that_do_not_sort_are_refused(tmp_path: Path, times: list[str], why: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["time,x", *(f"{time},{row}.5" for row, time in enumerate(times))]) + "\n")
    assert why in refused(path, path, "--time", "time")


def test_calls_that_cannot_be_used(tmp_path: Path, reference: Path) -> None:
    assert refused(reference, reference, "--iid", "--time", "temp") == (
        "iid: says that rows are independent, and time that their order matters; give one of them"
    )
    assert "the reference has no column 'when'; it has 'temp', 'pressure', 'visibility'" in refused(
        reference, reference, "--time", "when"
    )
    only = write(tmp_path / "only.csv", np.arange(40.0)[:, None], ["time"])
    assert "the only column of the reference, so nothing is left to compare" in refused(only, only, "--time", "time")
    rows = write(tmp_path / "rows.npy", independent(0, 40))
    assert "has no names of columns, so no 'time'; give a frame or a file" in refused(rows, rows, "--time", "time")
    (tmp_path / "metadata.json").write_text('{"features": ["temp", "pressure", "visibility"]}')
    listed = (reference, reference, "--time", "temp", "--metadata", tmp_path / "metadata.json")
    assert "'temp' is one of metadata.features, and a feature sorts no rows" in refused(*listed)


def refused(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("drift", *map(str, arguments))
    assert caught.value.returncode == 2
    return str(caught.value)
