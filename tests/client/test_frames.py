"""Rows as serving code has them in hand: frames, records and columns, with gaps of every kind."""

import datetime
import decimal
import math
import uuid
from typing import Any

import nanwatch_client
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from nanwatch_client.rows import rows_of, tensor_of

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
    ],
)
def test_columns_records_and_mixed_cells(inputs: Any, outputs: Any, expected: dict[str, Any]) -> None:
    arrays = rows_of(inputs if isinstance(inputs, list | dict) else tensor_of(inputs), outputs, batched=False).arrays

    found = {name: array for name, array in arrays.items() if not name.startswith("outputs")}
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        np.testing.assert_array_equal(found[name], np.array(rows))


def test_rows_that_come_as_columns_are_counted_each(service: Recording, start: Start) -> None:
    start(sample_rate=0)

    batch = logged(service, {"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]}, [[0.1], [0.2], [0.3]])

    assert batch.fields["counts"]["predictions"] == 3


def test_one_odd_column_says_what_is_wrong(service: Recording, start: Start, caplog: pytest.LogCaptureFixture) -> None:
    start()
    nanwatch_client.log(pd.DataFrame({"a": [1.0], "b": [{1, 2}]}), 0.5, model="m", version="1")

    assert nanwatch_client.statistics().unusable == 1
    assert "a cell is a set, neither number nor text" in caplog.text
    assert not service.batches
