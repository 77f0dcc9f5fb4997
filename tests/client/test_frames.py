"""Rows as serving code has them in hand: frames, records and columns, with gaps of every kind."""

import datetime
import decimal
import itertools
import math
import uuid
from typing import Any

import nanwatch_client
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanwatch_client.cells import UnusableError
from nanwatch_client.records import columns_of
from nanwatch_client.rows import failing_rows, rows_of, tensor_of

from tests.client.conftest import Start
from tests.client.recording_server import Batch, Recording

NAN = math.nan


def logged(service: Recording, inputs: Any, outputs: Any = None) -> Batch:
    nanwatch_client.log(inputs, outputs, model="m", version="1")
    assert nanwatch_client.flush(10)
    (batch,) = service.batches
    return batch


@pytest.mark.parametrize(
    "gap",
    [
        pd.Series([1.5, None], dtype=object),
        pd.array([1, pd.NA], dtype="Int64"),
        pd.array([True, pd.NA], dtype="boolean"),
        pd.array([1.5, pd.NA], dtype="Float32"),
        pd.Series([1.5, pd.NA], dtype=object),
        pd.Series([1.5, pd.NaT], dtype=object),
        pd.Series([1.5, np.datetime64("NaT")], dtype=object),
        [decimal.Decimal("1.5"), decimal.Decimal("NaN")],
        [decimal.Decimal("1.5"), decimal.Decimal("sNaN")],
        pd.array([decimal.Decimal("1.5"), None], dtype=pd.ArrowDtype(pa.decimal128(5, 2))),
        pd.array([1, None], dtype="int64[pyarrow]"),
        pd.Categorical([1, None]),
    ],
    ids=lambda gap: str(getattr(gap, "dtype", "Decimal")),
)
def test_a_gap_in_a_frame_is_a_missing_cell_of_its_row(service: Recording, start: Start, gap: Any) -> None:
    start(sample_rate=0)
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": gap, "c": [1, 2]})

    batch = logged(service, frame, [[0.1], [NAN]])

    np.testing.assert_array_equal(batch.arrays["inputs"], [[2.0, NAN, 2.0]])
    assert nanwatch_client.statistics().unusable == 0
    assert batch.fields["counts"] | {"since": None, "until": None} == {
        "predictions": 2,
        "nonfinite": 1,
        "dropped": 0,
        "since": None,
        "until": None,
    }


def test_a_frame_with_texts_is_sent_by_its_columns(service: Recording, start: Start) -> None:
    start()
    key = uuid.UUID(int=7)
    frame = pd.DataFrame(
        {
            "age": pd.array([41, pd.NA], "Int64"),
            "city": ["Bern", None],
            "seen": pd.to_datetime(["2026-01-02T03:04:05Z", None]),
            "day": [datetime.date(2026, 1, 2), None],
            "key": [key, key],
        }
    )

    batch = logged(service, frame, [0.5, NAN])

    np.testing.assert_array_equal(batch.arrays["inputs.age"], [[NAN], [41.0]])  # failing rows leave first
    texts = {name: batch.arrays[f"inputs.{name}"].ravel().tolist() for name in ("city", "seen", "day", "key")}
    assert texts == {
        "city": ["", "Bern"] if frame["city"].dtype == object else ["nan", "Bern"],
        "seen": ["", "2026-01-02T03:04:05+00:00"],
        "day": ["", "2026-01-02"],
        "key": [str(key)] * 2,
    }


LEVELS = pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ([{"a": 1.0, "b": "x"}, {"a": None}], None, {"inputs.a": [[1], [NAN]], "inputs.b": [["x"], [""]]}),
        ({"a": [1.0, 2.0], "b": [3, 4]}, [[0.5], [0.25]], {"inputs.a": [[1], [2]], "inputs.b": [[3], [4]]}),
        ({"a": pd.Series([1.0, 2.0]), "b": [3, 4]}, [[1], [2]], {"inputs.a": [[1], [2]], "inputs.b": [[3], [4]]}),
        ({"a": [1.0, 2.0], "b": [3, 4]}, [0.5], {"inputs.a": [[1, 2]], "inputs.b": [[3, 4]]}),
        (pd.Series([1, pd.NA, 3], dtype="Int64"), None, {"inputs": [[1, NAN, 3]]}),
        (pd.Series({"age": 41, "city": "Bern"}), None, {"inputs": [["41", "Bern"]]}),
        (np.array([[1.0, "x", None]], object), None, {"inputs": [["1.0", "x", ""]]}),
        (np.array([["2026-01-02", "NaT"]], "datetime64[D]"), None, {"inputs": [["2026-01-02", ""]]}),
        (pd.DataFrame({"v": [[1.0, 2.0], [3.0, 4.0]]}), None, {"inputs": [[[1, 2]], [[3, 4]]]}),
        (pd.DataFrame({"v": [[1.0, 2.0]], "n": [3]}), None, {"inputs.v": [[1, 2]], "inputs.n": [[3]]}),
        (
            pd.DataFrame({"v": [[1.0], [2.0]], "t": ["x", "y"]}),
            None,
            {"inputs.v": [[1], [2]], "inputs.t": [["x"], ["y"]]},
        ),
        (np.array([(1.5, 2)], "f8,i4"), None, {"inputs.f0": [[1.5]], "inputs.f1": [[2]]}),
        (pd.DataFrame({"a": [1.5], "b": [2]}).to_records(index=False), None, {"inputs.a": [[1.5]], "inputs.b": [[2]]}),
        (np.ma.masked_array([[1, 2]], [[False, True]]), None, {"inputs": [[1, NAN]]}),
        (np.ma.masked_array([["x", "y"]], [[False, True]]), None, {"inputs": [["x", ""]]}),
        (pa.table({"a": [1.5, None], "t": ["x", None]}), None, {"inputs.a": [[1.5], [NAN]], "inputs.t": [["x"], [""]]}),
        (pa.table([[1.5], [2]], names=["a", "a"]), None, {"inputs.0": [[1.5]], "inputs.1": [[2]]}),
        (pa.array([1.5, None]), None, {"inputs": [[1.5, NAN]]}),
        ({"at": datetime.timedelta(seconds=3), "n": 1}, None, {"inputs.at": ["0:00:03"], "inputs.n": [1]}),
        (pd.DataFrame([[1.5, "x"]], columns=["a", "a"]), None, {"inputs": [["1.5", "x"]]}),
        (pd.DataFrame([[1.5, "x"]] * 2, columns=["a", "a"]), None, {"inputs": [["1.5", "x"]] * 2}),
        (
            pd.DataFrame([[1.5, "x"]], columns=LEVELS),
            None,
            {f"inputs.{LEVELS[0]}": [[1.5]], f"inputs.{LEVELS[1]}": [["x"]]},
        ),
    ],
)
def test_columns_records_and_mixed_cells(inputs: Any, outputs: Any, expected: dict[str, Any]) -> None:
    found = sent_as(inputs, outputs)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        np.testing.assert_array_equal(found[name], np.array(rows))


def sent_as(inputs: Any, outputs: Any = None) -> dict[str, Any]:
    """The inputs by their names on the wire."""
    given = inputs if isinstance(inputs, list) else tensor_of(inputs)
    arrays = rows_of(given, outputs, batched=False).arrays
    named = [columns_of(name, array) for name, array in arrays.items()]
    return {name: array for one in named for name, array in one.items() if not name.startswith("outputs")}


COLUMNS: list[Any] = [
    [1.5, NAN],
    np.array([1.5, 2.5], np.float32),
    [2**53 + 1, -1],
    [True, False],
    pd.array([1, pd.NA], dtype="Int64"),
    pd.array([True, pd.NA], dtype="boolean"),
    pd.array([1.5, pd.NA], dtype="Float32"),
    pd.array([1, None], dtype="int64[pyarrow]"),
    pd.Categorical(["a", None]),
    ["Bern", None],
    pd.Series(["Bern", 7, None], dtype=object)[:2],
    pd.to_datetime(["2026-01-02T03:04:05Z", None]),
    pd.to_timedelta([1, None], unit="s"),
    [decimal.Decimal("1.5"), None],
    [[1.0, 2.0], [3.0, 4.0]],
]


@given(st.lists(st.sampled_from(range(len(COLUMNS))), min_size=1, max_size=6), st.sampled_from([0, 1]))
def test_a_frame_of_one_row_is_sent_as_the_same_row_of_a_longer_frame(chosen: list[int], row: int) -> None:
    """One row is read from how pandas keeps it, several by what pandas says of it."""
    frame = pd.DataFrame({f"c{place}": COLUMNS[number] for place, number in enumerate(chosen)}).iloc[[row]]
    twice = pd.concat([frame, frame], ignore_index=True)
    try:
        expected = {name: array[:1] for name, array in sent_as(twice).items()}
    except UnusableError:
        with pytest.raises(UnusableError):
            sent_as(frame)
        return
    found = sent_as(frame)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name].dtype.kind == rows.dtype.kind
        np.testing.assert_array_equal(found[name], rows)


class Elsewhere(datetime.tzinfo):
    """A zone of serving code's own."""

    def utcoffset(self, _: datetime.datetime | None) -> datetime.timedelta:
        return datetime.timedelta(hours=1)

    def dst(self, _: datetime.datetime | None) -> None:
        return None

    def tzname(self, _: datetime.datetime | None) -> None:
        return None


class Broken(Elsewhere):
    """A zone that has a defect."""

    def utcoffset(self, _: datetime.datetime | None) -> datetime.timedelta:
        raise KeyError("no such zone")


ZONES: Any = st.one_of(st.sampled_from([None, datetime.UTC, Elsewhere()]), st.timezones())
CELLS = st.one_of(
    st.floats(),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.text(),
    st.none(),
    st.sampled_from(
        [pd.NA, pd.NaT, decimal.Decimal("sNaN"), np.float32(1.5), np.int8(7), np.bool_(True), np.str_("x")]
    ),
    st.decimals(),
    st.binary(max_size=3),
    st.uuids(),
    st.dates(),
    st.times(),
    st.datetimes(timezones=ZONES),
    st.datetimes(pd.Timestamp.min, pd.Timestamp.max).map(pd.Timestamp),
)


@given(st.dictionaries(st.text(max_size=3), CELLS, min_size=1, max_size=8))
def test_a_record_is_sent_as_each_of_its_columns_would_be(row: dict[str, Any]) -> None:
    found = sent_as(row)
    assert found.keys() == {f"inputs.{name}" for name in row}
    for name, cell in row.items():
        alone = rows_of(np.array([[cell]], object) if cell is None else [cell], None, batched=True)
        expected = alone.arrays["inputs"].reshape(1)
        assert (found[f"inputs.{name}"].dtype.char, found[f"inputs.{name}"].shape) == (expected.dtype.char, (1,))
        np.testing.assert_array_equal(found[f"inputs.{name}"], expected)


@given(st.dictionaries(st.text(max_size=3), CELLS, min_size=1, max_size=8))
def test_columns_of_one_cell_are_sent_as_those_of_two(row: dict[str, Any]) -> None:
    """One row of `frame.to_dict("list")` is read as a record, several by numpy."""
    try:
        expected = sent_as({name: [cell, cell] for name, cell in row.items()}, [[0.5]] * 2)
    except UnusableError:
        return
    found = sent_as({name: [cell] for name, cell in row.items()}, [[0.5]])
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        assert (found[name].dtype.kind, found[name].shape) == (column.dtype.kind, (1, 1))
        np.testing.assert_array_equal(found[name], column[:1])


@pytest.mark.parametrize(
    "cells",
    [
        np.array([1.5], np.float32),
        np.array([7], np.int8),
        np.array([True]),
        np.array(["NaT"], "M8[s]"),
        np.array(["x"]),
    ],
    ids=lambda cells: str(cells.dtype),
)
def test_an_array_of_one_cell_is_sent_as_one_of_two(cells: Any) -> None:
    expected = sent_as({"a": cells.repeat(2), "b": cells.repeat(2)}, [[0.5]] * 2)["inputs.a"][:1]

    found = sent_as({"a": cells, "b": cells}, [[0.5]])["inputs.a"]

    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_a_time_zone_that_fails_costs_its_own_row_only(service: Recording, start: Start) -> None:
    start()
    for zone in (datetime.UTC, Broken()):
        at = datetime.datetime(2026, 1, 2, tzinfo=zone)
        nanwatch_client.log({"at": at, "cost": 1.5}, 0.5, model="m", version="1")

    assert nanwatch_client.flush(10)
    assert [batch.arrays["inputs.at"].tolist() for batch in service.batches] == [["2026-01-02T00:00:00+00:00"]]
    assert nanwatch_client.statistics().unusable == 1


@pytest.mark.parametrize("names", [True, False])
@given(row=st.lists(CELLS, min_size=1, max_size=6))
def test_a_row_is_failing_where_what_is_sent_of_it_is_not_finite(names: bool, row: list[Any]) -> None:
    given = {str(place): cell for place, cell in enumerate(row)} if names else row
    try:
        rows = rows_of(tensor_of(given) if names else given, None, batched=False)
    except UnusableError:
        return
    sent = [array for name, array in rows.arrays.items() for array in columns_of(name, array).values()]
    assert rows.failing == failing_rows(sent, 1)


def test_rows_with_texts_and_times_are_healthy(service: Recording, start: Start) -> None:
    start(sample_rate=0)
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    cells = {"a": 1.5, "n": 2, "text": "x", "at": pd.Timestamp(now), "took": pd.Timedelta(1, "s")}
    for row in (cells, [cells], pd.DataFrame([cells]), list(cells.values()), [None, math.nan, "a text, so all are"]):
        nanwatch_client.log(row, 0.5, model="m", version="1")

    assert nanwatch_client.flush(10)
    assert (service.counted("predictions"), service.counted("nonfinite"), service.rows) == (5, 0, 0)


@pytest.mark.parametrize("row", [{"a": NAN, "b": "x"}, [{"a": NAN, "b": "x"}], [NAN, "x", decimal.Decimal(1)]])
def test_a_row_may_change_after_it_was_logged(service: Recording, start: Start, row: Any) -> None:
    start()
    nanwatch_client.log(row, 0.5, model="m", version="1")
    if isinstance(row, list) and not isinstance(row[0], dict):
        row[:] = [7.0, "later", 8]
    else:
        (row if isinstance(row, dict) else row[0]).update(a=7.0, b="later")
    assert nanwatch_client.flush(10)

    assert not any("later" in array.ravel().tolist() for array in service.batches[0].arrays.values())


def test_a_frame_may_change_after_it_was_logged(service: Recording, start: Start) -> None:
    """A column of each kind next to each other one; afterwards the frame holds what its second row held."""
    start()
    expected: dict[str, dict[str, Any]] = {}
    for first, second in itertools.combinations(range(len(COLUMNS)), 2):
        both = pd.DataFrame({"a": COLUMNS[first], "b": COLUMNS[second]})
        frame = both.iloc[[0]].copy()
        expected[f"{first}/{second}"] = sent_as(frame.copy())
        nanwatch_client.log(frame, 0.5, model="m", version="1", id=f"{first}/{second}")
        for column in (0, 1):
            if isinstance(cell := frame.iat[0, column], list):
                cell[:] = [8.0, 9.0]
            else:
                frame.iat[0, column] = both.iat[1, column]
        assert str(frame.iat[0, 1]) == str(both.iat[1, 1]) or isinstance(cell, list)
    assert nanwatch_client.flush(30)

    found = {
        one: {name: array[[place]] for name, array in batch.arrays.items() if name.startswith("inputs")}
        for batch in service.batches
        for place, one in enumerate(batch.ids)
    }
    assert found.keys() == expected.keys()
    for one, arrays in expected.items():
        assert found[one].keys() == arrays.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[one][name], array)


def test_times_of_polars_are_texts() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.DataFrame({"day": [datetime.date(2026, 1, 2), None], "cost": [1.5, None]})

    found = sent_as(frame)

    assert found["inputs.day"].tolist() == [["2026-01-02"], [""]]
    np.testing.assert_array_equal(found["inputs.cost"], [[1.5], [NAN]])


def test_frames_of_as_many_columns_keep_their_own_names() -> None:
    frames = [pd.DataFrame([{f"{prefix}{place}": "x" for place in range(3)}]) for prefix in "ab"]

    for frame in frames * 2:
        assert sent_as(frame).keys() == {f"inputs.{name}" for name in frame.columns}


def test_records_of_other_types_are_batches_of_their_own(service: Recording, start: Start) -> None:
    start()
    for row in ({"a": 1.5, "b": 7, "c": "x"}, {"a": pd.NA, "b": 8, "c": ""}, {"a": 2.5, "b": None, "c": "yz"}):
        nanwatch_client.log(row, 0.5, model="m", version="1")
    assert nanwatch_client.flush(10)

    rows = [{name: array.tolist() for name, array in one.arrays.items()} for one in service.batches]
    expected = [
        {"inputs.a": [NAN, 1.5], "inputs.b": [8, 7], "inputs.c": ["", "x"], "outputs": [0.5, 0.5]},
        {
            "inputs.a": [
                2.5,
            ],
            "inputs.b": [NAN],
            "inputs.c": ["yz"],
            "outputs": [0.5],
        },
    ]
    assert sorted(str(sorted(one.items())) for one in rows) == sorted(str(sorted(one.items())) for one in expected)


def test_rows_that_come_as_columns_are_counted_each(service: Recording, start: Start) -> None:
    start(sample_rate=0)

    batch = logged(service, {"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]}, [[0.1], [0.2], [0.3]])

    assert batch.fields["counts"]["predictions"] == 3


@pytest.mark.parametrize(
    "inputs", [np.ma.masked_array([1.0, 2.0], [False, True]), {"a": np.ma.masked_array([1.0], [True])}]
)
def test_a_masked_cell_is_a_missing_one(service: Recording, start: Start, inputs: Any) -> None:
    start(sample_rate=0)

    assert logged(service, inputs).fields["counts"]["nonfinite"] == 1


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (pd.DataFrame({"a": [1.0], "b": [{1, 2}]}), "column b: a cell is a set, neither number nor text"),
        (
            pd.DataFrame({"a": [[1.0], [1.0, 2.0]], "b": 1}),
            "column a: its cells are lists of different lengths; pad them",
        ),
        ({"age": 41, "user": {"city": "Bern"}}, "inputs.user: a cell is a dict, neither number nor text"),
        ({"a": [[1.0], [1.0, 2.0]]}, "inputs.a: its lists are of different lengths; pad them"),
        (
            pd.DataFrame({"p": pd.period_range("2026-01", periods=1, freq="M"), "t": "x"}),
            "column p: a cell is a Period",
        ),
        ({"a": 1.0, "image": np.zeros((2, 2))}, "give each an axis of rows, or none"),
        ([], "there are no rows"),
    ],
)
def test_what_is_no_row_is_named(
    service: Recording, start: Start, caplog: pytest.LogCaptureFixture, inputs: Any, said: str
) -> None:
    start()
    nanwatch_client.log(inputs, 0.5, model="m", version="1")

    assert said in caplog.text
    assert nanwatch_client.statistics().unusable == 1
    assert not service.batches
