"""Rows as a caller holds them, through `nantrace.drift`, which needs no TensorFlow."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import nantrace
from nantrace import Refusal

COLUMNS = ["temp", "pressure", "visibility"]


def ordinary(rows: int, seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.normal(15, 8, rows), rng.normal(1013, 9, rows), rng.gamma(2, 3, rows)], axis=1)


def refused(*given: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        nantrace.drift(*given, **named)
    return caught.value


def named(report: Any) -> list[tuple[str, int]]:
    return sorted((one["name"], one["index"]) for one in report.to_dict()["features"])


def test_it_works() -> None:
    report = nantrace.drift(ordinary(2_000, 0), ordinary(500, 1))
    assert not report.found
    assert not report.alarm
    assert report.summary == "500 rows against 2,000 of the reference: no drift."


def test_every_way_to_give_the_same_rows_gives_the_same_document(tmp_path: Path) -> None:
    reference, current = ordinary(500, 0), ordinary(200, 1) * [1, 100, 1]
    np.save(tmp_path / "reference.npy", reference)
    np.savez(tmp_path / "current.npz", inputs=current)
    expected = nantrace.drift(reference, current).to_dict()
    assert expected["alarm"]
    for given in (
        (reference.tolist(), current.tolist()),
        ({"inputs": reference}, {"inputs": current}),
        (tmp_path / "reference.npy", str(tmp_path / "current.npz")),
        (np.asfortranarray(reference), current[::-1][::-1]),
        (pd.DataFrame(reference), pd.DataFrame(current)),
    ):
        assert nantrace.drift(*given).to_dict() == expected, type(given[0])


@pytest.mark.parametrize("frame", [pd.DataFrame, lambda columns: pa.table(dict(columns))], ids=["pandas", "Arrow"])
def test_columns_of_a_frame_are_matched_by_name(frame: Any) -> None:
    reference, current = ordinary(500, 0), ordinary(200, 1)
    known = frame({name: reference[:, i] for i, name in enumerate(COLUMNS)})
    seen = frame({"id": np.arange(200.0), **{name: current[:, i] for i, name in reversed([*enumerate(COLUMNS)])}})
    report = nantrace.drift(known, seen)
    assert not report.found
    assert named(report) == sorted(zip(COLUMNS, range(3), strict=True))
    assert report.notes == ["Left out, because the reference has no such column: 'id'"]


def test_the_index_of_a_frame_is_no_column() -> None:
    frame = pd.DataFrame(ordinary(500, 0), columns=COLUMNS)
    report = nantrace.drift(frame, frame.sample(200, random_state=1))
    assert not report.notes
    assert not report.found


def test_the_features_of_the_metadata_decide_the_order() -> None:
    frame = pd.DataFrame(ordinary(500, 0), columns=COLUMNS)
    turned = COLUMNS[::-1]
    report = nantrace.drift(frame, frame.head(100), metadata={"features": turned})
    assert named(report) == sorted(zip(turned, range(3), strict=True))


def test_missing_cells_of_a_frame_are_missing() -> None:
    frame = pd.DataFrame(
        {"carrier": ["AA", "UA"] * 200, "delay": np.arange(400) % 40 + 0.5, "late": [True, False] * 200}
    )
    holes = frame.copy()
    holes.loc[::3, "delay"] = None
    holes.loc[::3, "carrier"] = None
    alarms = {
        one["name"]: [alarm["kind"] for alarm in one["alarms"]]
        for one in nantrace.drift(frame, holes).to_dict()["features"]
    }
    assert "missing" in alarms["delay"]
    assert "missing" in alarms["carrier"]
    assert alarms["late"] == []


def test_none_in_lists_is_missing() -> None:
    known = [[1.0, 2.0], [2.0, 3.0]] * 100
    report = nantrace.drift(known, [[None, 2.0], [2.0, 3.0]] * 100)
    assert [one["missing_rate"] for one in report.to_dict()["features"] if one["index"] == 0] == [0.5]


def test_arrays_are_not_changed() -> None:
    reference, current = ordinary(500, 0), ordinary(200, 1)
    current[3] = np.nan
    kept = reference.copy(), current.copy()
    nantrace.drift(reference, current)
    np.testing.assert_array_equal(reference, kept[0])
    np.testing.assert_array_equal(current, kept[1])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (3.0, "is a single value"),
        ([[1, 2], [3]], "different lengths"),
        (np.array([[object()]]), "mixes numbers, texts or other objects"),
        (np.array([["2020-01-01"]], "datetime64[D]"), "dates or durations"),
        (np.array([1j]), "complex numbers"),
        ({}, "holds no tensors"),
        ({"inputs": [[1.0, 2.0]], "more": [[1.0]] * 2}, "has 2 rows"),
        (np.zeros((0, 2)), "holds no rows"),
    ],
)
def test_rows_that_cannot_be_used_name_their_argument(rows: Any, why: str) -> None:
    error = refused(np.ones((50, 2)), rows)
    assert error.field.startswith("current")
    assert why in str(error)


def test_a_column_that_is_not_there() -> None:
    frame = pd.DataFrame(ordinary(50, 0), columns=COLUMNS)
    assert str(refused(frame, frame[["temp"]])) == (
        "current: has no column 'pressure', 'visibility', which the reference has"
    )
    assert "has no column 'age'" in str(refused(frame, frame, metadata={"features": [*COLUMNS, "age"]}))


def test_wrong_metadata_names_the_field() -> None:
    rows = ordinary(50, 0)
    scaler = {"kind": "standard", "mean": [0.0, 0.0], "scale": [1.0]}
    assert refused(rows, rows, metadata={"preprocessing": {"scaler": scaler}}).field == (
        "metadata.preprocessing.scaler.scale"
    )
    assert refused(rows, rows, metadata={"feature": []}).field == "metadata.feature"


def test_the_numbers_of_a_fitted_scaler_are_metadata() -> None:
    raw = ordinary(2_000, 0)
    mean, scale = raw.mean(axis=0), raw.std(axis=0)
    metadata = {"features": COLUMNS, "preprocessing": {"scaler": {"kind": "standard", "mean": mean, "scale": scale}}}
    report = nantrace.drift((raw - mean) / scale, ordinary(500, 1), metadata=metadata)
    kinds = {fault["kind"] for one in report.to_dict()["features"] for fault in one["faults"]}
    assert kinds == {"unscaled"}
    json.dumps(report.to_dict(), allow_nan=False)


def test_the_rooms_of_the_package_can_still_be_imported() -> None:
    from nantrace.audit.audit_artifact import refused as refused_audit
    from nantrace.drift.comparison import compare

    assert callable(nantrace.drift)
    assert callable(nantrace.audit)
    assert callable(compare)
    assert callable(refused_audit)
