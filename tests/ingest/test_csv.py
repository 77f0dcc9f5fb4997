"""CSV as people have it: no row is lost, a bad cell costs itself only, and what was decided is reported."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.tensors.csv_layout import CsvFormat
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.table_files import read_named_table
from nantrace.tensors.tensor import Sent, Table
from nantrace.tensors.text_numbers import number_in, with_numbers

NAN = float("nan")


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def table(content: str | bytes, known: CsvFormat | None = None) -> Table:
        path = tmp_path / "rows.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_named_table(path, "inputs", csv=known or CsvFormat())

    return table


def only(table: Table) -> Any:
    (tensor,) = table.tensors
    return tensor


MARKS = [
    "",
    " ",
    "NA",
    "n/a",
    "N/A",
    "#N/A",
    "?",
    "-",
    "null",
    "None",
    "<NA>",
    "\N{EM DASH}",
    "  ",
    "na",
    "NULL",
    r"\N",
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("header", ["a,b,c\n", ""], ids=["header", "no header"])
def test_what_says_no_value_is_missing_and_its_row_is_kept(read: Any, header: str, mark: str) -> None:
    tensor = only(read(f"{header}5.59,{mark},4.38\n1.5,2.5,3.5\n"))

    np.testing.assert_array_equal(tensor.values, [[5.59, NAN, 4.38], [1.5, 2.5, 3.5]])
    assert tensor.missing().tolist() == [[False, True, False], [False] * 3]


@pytest.mark.parametrize("mark", ["", "NA", "?", "abc", "1,5"])
def test_numbers_are_never_a_header(read: Any, mark: str) -> None:
    table = read(f'3.75,"{mark}",3.41\n0.07,4.39,1.49\n')

    assert table.tensors.rows == 2
    assert table.columns == {}
    assert table.notes == ("inputs: the first line holds values, so it is a row and no header",)


def test_dates_are_never_a_header(read: Any) -> None:
    assert read("2026-03-02,AA\n2026-03-03,UA\n").tensors.rows == 2


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("age,income", ["age", "income"]),
        ('"age","income"', ["age", "income"]),
        (" age , income", ["age", "income"]),
        ('"age\nin years",income', ["age\nin years", "income"]),
        ("Na,K", ["Na", "K"]),
    ],
)
def test_a_header(read: Any, first: str, names: list[str]) -> None:
    if "\n" in first:
        with pytest.raises(Refusal, match="printable"):
            read(f"{first}\n1,2\n3,4\n")
        return
    table = read(f"{first}\n1,2\n3,4\n")

    assert table.columns == {"inputs": names}
    assert only(table).values.tolist() == [[1, 2], [3, 4]]
    assert table.notes == ()


def test_a_header_that_may_be_a_row_is_reported(read: Any) -> None:
    table = read("red,small\nblue,large\n")
    assert table.columns == {"red": ["red"], "small": ["small"]}
    assert "with --no-header it is a row" in table.notes[0]

    assert only(read("red,small\nblue,large\n", CsvFormat(header=False))).values.tolist() == [
        ["red", "small"],
        ["blue", "large"],
    ]


@pytest.mark.parametrize("delimiter", list(",;|\t"))
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings(read: Any, delimiter: str, line_end: str, encoding: str) -> None:
    lines = [["größe", "b", "c"], ["1.5", "", "3"], ["4", "5", "-6e2"]]
    table = read((line_end.join(delimiter.join(line) for line in lines) + line_end).encode(encoding))

    np.testing.assert_array_equal(only(table).values, [[1.5, NAN, 3], [4, 5, -600]])
    assert table.columns == {"inputs": ["größe", "b", "c"]}
    assert table.notes == (() if delimiter == "," else (f"inputs: cells are separated by {delimiter!r}",))


def test_a_delimiter_that_is_given(read: Any) -> None:
    assert only(read("a:b\n1:2\n", CsvFormat(delimiter=":"))).values.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    "content",
    [
        'a,b\n"1,234.5",2\n"12,345",3\n',
        "a;b\n1.234,5;2\n12.345;3\n",
        "a;b\n1234,5;2\n12345;3\n",
        "a\tb\n1 234,5\t2\n12 345\t3\n",
        'a,b\n"1234,5",2\n12345,3\n',
    ],
)
def test_thousands_and_decimal_commas(read: Any, content: str) -> None:
    assert only(read(content)).values.tolist() == [[1234.5, 2], [12345, 3]]


@pytest.mark.parametrize("header", [True, ["0", "1", "2"]], ids=["names", "places"])
def test_the_index_of_a_frame_is_left_out(read: Any, header: Any) -> None:
    frame = pd.DataFrame([[0.5, 1.5, NAN], [2.5, 3.5, 4.5]], columns=list("abc") if header is True else range(3))
    table = read(frame.to_csv())

    np.testing.assert_array_equal(only(table).values, frame.to_numpy())
    assert table.columns == ({"inputs": ["a", "b", "c"]} if header is True else {})
    assert "left out column 1, which has no name" in table.notes[-1]
    again = read(pd.read_csv(io.StringIO(frame.to_csv())).to_csv(index=False))
    np.testing.assert_array_equal(only(again).values, frame.to_numpy())


def test_r_writes_no_name_above_its_index(read: Any) -> None:
    table = read('"a","b"\n"1",0.5,1.5\n"2",2.5,3.5\n')
    assert only(table).values.tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert table.columns == {"inputs": ["a", "b"]}


def test_rows_that_end_with_a_delimiter(read: Any) -> None:
    assert only(read("a,b,\n1,2,\n3,4,\n")).values.tolist() == [[1, 2], [3, 4]]
    assert only(read("a,b\n1,2,\n3,4,\n")).values.tolist() == [[1, 2], [3, 4]]


def test_a_blank_line_of_a_single_column_is_a_missing_cell(read: Any) -> None:
    np.testing.assert_array_equal(only(read("a\n1\n\n3\n")).values, [[1], [NAN], [3]])


def test_a_broken_line_stays_in_its_place(read: Any) -> None:
    table = read("a,b,c\n1,2,3\n4,5\n7,8,9\n1,2,3,4\n5,6,7\n")

    tensor = only(table)
    np.testing.assert_array_equal(tensor.values[[0, 2, 4]], [[1, 2, 3], [7, 8, 9], [5, 6, 7]])
    assert tensor.unread()[[1, 3]].all()
    assert not tensor.unread()[[0, 2, 4]].any()
    assert tensor.texts == {**dict.fromkeys((3, 4, 5), "4,5"), **dict.fromkeys((9, 10, 11), "1,2,3,4")}
    assert table.notes == (
        "inputs: row 1 has 2 cells instead of 3, so it cannot be read",
        "inputs: row 3 has 4 cells instead of 3, so it cannot be read",
    )


def test_a_text_among_numbers_is_one_cell(read: Any) -> None:
    column = with_numbers(read("a,b\n1,2\n3,abc\n5,?\n").tensors.by_name["b"])

    np.testing.assert_array_equal(column.values, [[2], [NAN], [NAN]])
    assert column.sent is not None
    assert column.sent.ravel().tolist() == [Sent.VALUE, Sent.TEXT, Sent.MISSING]
    assert column.texts == {1: "abc"}
    assert column.take(np.array([2, 1, 1])).texts == {1: "abc", 2: "abc"}
    assert column.nonfinite().ravel().tolist() == [False, False, True]


def test_dates_stay_as_they_were_written(read: Any) -> None:
    table = read("at,a\n2026-03-02T00:00:00Z,1\n2026-03-02T00:10:00Z,2\n")
    assert table.tensors.by_name["at"].values.tolist() == [["2026-03-02T00:00:00Z"], ["2026-03-02T00:10:00Z"]]


CELLS = st.one_of(st.floats(allow_nan=False, width=32).map(float), st.none())


@given(data=st.data(), width=st.integers(1, 4), delimiter=st.sampled_from([",", ";", "\t"]), quoted=st.booleans())
def test_whatever_numbers_are_written_are_read(
    data: st.DataObject, width: int, delimiter: str, quoted: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow([f"column {place}" for place in range(width)])
    writer.writerows([["" if cell is None else repr(cell) for cell in row] for row in rows])
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    path.write_text(written.getvalue())

    tensor = only(read_named_table(path, "inputs", csv=CsvFormat(delimiter=delimiter)))

    expected = np.array([[NAN if cell is None else cell for cell in row] for row in rows])
    np.testing.assert_array_equal(tensor.values, expected)
    np.testing.assert_array_equal(tensor.missing(), np.isnan(expected))


@given(st.floats(-1e12, 1e12), st.booleans())
def test_a_number_reads_the_same_with_and_without_its_thousands(number: float, comma: bool) -> None:
    plain, grouped = f"{number:.3f}", f"{number:,.3f}"
    if comma:
        grouped = grouped.translate(str.maketrans(",.", ".,"))
    assert number_in(grouped, decimal_comma=comma) == float(plain)


@pytest.mark.parametrize(
    "text", ["abc", "5%", "$5", "1_000", "1,2,3", "2026-01-02", "12:30", "0x1F", "1.2.3", "#DIV/0!"]
)
def test_what_is_no_number(text: str) -> None:
    assert number_in(text) is None
