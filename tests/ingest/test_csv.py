"""CSV as people have it: no row is lost, a bad cell costs itself only, and what was decided is reported."""

import csv
import decimal
import gzip
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
    assert table.notes[0] == "inputs: the first line holds values, so it is a row and no header"


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


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a;b\n1,5;2\n2,5;3\n", [1.5, 2.5]),
        ("a;b\n1.234,5;2\n1,5;3\n", [1234.5, 1.5]),
        ("a;b\n1,234.5;2\n2,345;3\n", [1234.5, 2345]),
        ("a;b\n1,234,567;2\n2,345;3\n", [1234567, 2345]),
        ("a;b\n1.234.567;2\n2.345;3\n", [1234567, 2345]),
        ("a;b\n1.234;2\n1,5;3\n", [1234, 1.5]),
        ("a;b\n0,123;2.5\n1,234;3.5\n", [0.123, 1.234]),
        ("a;b\n" + "12,345;2\n" * 300 + "1,234.5;3\n", [12345, 1234.5]),
    ],
)
def test_what_can_be_read_one_way_only_is_read_so_in_the_whole_column(read: Any, content: str, expected: Any) -> None:
    table = read(content)
    assert only(table).values[-2:, 0].tolist() == expected
    assert table.notes == ("inputs: cells are separated by ';'",)


@pytest.mark.parametrize(
    ("content", "number", "note"),
    [
        ("a;b\n12,345;2\n", 12.345, "12,345 is read as 12.345, with a decimal comma; if that is wrong, write 12345"),
        ("a;b\n12,345;2,5\n", 12.345, "read as 12.345, with a decimal comma"),
        ("a;b\n12,345;2.5\n", 12345, "read as 12345, with a comma between thousands; if that is wrong, write 12.345"),
        ('a,b\n"1,234",2\n', 1234, "read as 1234, with a comma between thousands"),
        ('a,b\n"1,234","2,5"\n', 1.234, "read as 1.234, with a decimal comma"),
        ("a\tb\n1,234\t2\n", 1234, "with a comma between thousands"),
        ("a;b\n1.234;2,5\n", 1234, "read as 1234, with a point between thousands; if that is wrong, write 1,234"),
        ("a;b\n1.234;2\n", 1.234, "read as 1.234, with a decimal point; if that is wrong, write 1234"),
        ("a;b\n2.5;2\n1,5;2\n", 2.5, "column a has decimal points and decimal commas: 2.5 and 1,5"),
    ],
)
def test_what_can_be_read_both_ways_is_reported(read: Any, content: str, number: float, note: str) -> None:
    table = read(content)
    assert only(table).values[0, 0] == number
    assert "column a" in table.notes[-1]
    assert note in table.notes[-1]


@pytest.mark.parametrize("content", ["a,b\n1.234,2\n2.345,3\n", "a;b\n1.234;2.5\n2.345;3.5\n"])
def test_decimal_points_that_nothing_speaks_against_are_no_news(read: Any, content: str) -> None:
    table = read(content)
    assert only(table).values[:, 0].tolist() == [1.234, 2.345]
    assert not any("column a" in note for note in table.notes)


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


@st.composite
def written_columns(draw: st.DrawFn) -> tuple[list[float], list[str]]:
    """A column of numbers, and how a person with one decimal mark writes them."""
    comma, grouped = draw(st.booleans()), draw(st.booleans())
    numbers, texts = [], []
    for whole, decimals in draw(
        st.lists(st.tuples(st.integers(-(10**7), 10**7), st.integers(0, 3)), min_size=4, max_size=4)
    ):
        number = decimal.Decimal(whole).scaleb(-decimals)
        text = f"{number:,f}" if grouped else f"{number:f}"
        texts.append(text.translate(str.maketrans(",.", ".,")) if comma else text)
        numbers.append(float(number))
    return numbers, texts


@given(columns=st.lists(written_columns(), min_size=1, max_size=3), delimiter=st.sampled_from([",", ";", "\t"]))
def test_a_number_is_read_as_it_was_meant_or_its_column_is_reported(
    columns: list[tuple[list[float], list[str]]], delimiter: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow([f"column{place}" for place in range(len(columns))])
    writer.writerows(zip(*(texts for _, texts in columns), strict=True))
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    path.write_text(written.getvalue())

    table = read_named_table(path, "inputs", csv=CsvFormat(delimiter=delimiter))

    for place, (numbers, texts) in enumerate(columns):
        found = only(table).values[:, place].tolist()
        reported = any(f"column{place}" in note for note in table.notes)
        assert found == numbers or reported or found == [float(text) for text in texts], "as programs write them"


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


def test_comments_before_the_header_are_no_rows(read: Any) -> None:
    table = read("# it's \"exported\n\n# on a Monday\nage,income\n34,1\n45\n46,2\n")
    assert table.columns == {"inputs": ["age", "income"]}
    assert only(table).values[[0, 2]].tolist() == [[34, 1], [46, 2]]
    assert table.notes == (
        "inputs: left out 2 lines of comments before the first row",
        "inputs: row 1 has 1 cells instead of 2, so it cannot be read",
    )


@pytest.mark.parametrize("delimiter", [",", " ", ";"])
def test_the_header_that_numpy_writes_as_a_comment(read: Any, tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "saved.csv"
    np.savetxt(path, [[34, 1200.5], [NAN, 3]], delimiter=delimiter, header=delimiter.join(["age", "income"]))
    table = read(path.read_bytes())
    assert table.columns == {"inputs": ["age", "income"]}
    assert np.array_equal(only(table).values, [[34, 1200.5], [NAN, 3]], equal_nan=True)


def test_a_column_may_be_called_by_the_number_sign(read: Any) -> None:
    assert read("#,name,hp\n1,Bulba,45\n").columns == {"#": ["#"], "name": ["name"], "hp": ["hp"]}


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"'])
def test_the_first_line_of_excel_names_the_delimiter(read: Any, line: str) -> None:
    table = read(f"{line}\r\nage;income\r\n34;1,5\r\n")
    assert table.columns == {"inputs": ["age", "income"]}
    assert only(table).values.tolist() == [[34, 1.5]]


def test_what_is_not_utf8_is_read_as_windows_writes_it(read: Any) -> None:
    table = read("r\xe9gion,age\n\xcele,3\n".encode("cp1252"))
    assert list(table.columns) == ["r\xe9gion", "age"]
    assert next(iter(table.tensors)).values.tolist() == [["\xcele"]]
    assert "read as Windows-1252" in table.notes[0]


def test_a_packed_file_is_no_text(read: Any) -> None:
    with pytest.raises(Refusal, match="it is no text; save it as CSV in UTF-8, and not packed"):
        read(gzip.compress(b"age,income\n34,1\n"))


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1.#INF", np.inf), ("-1.#INF", -np.inf), ("1.#QNAN", NAN), ("-1.#IND", NAN), ("1.#IND", NAN), ("1.#SNAN", NAN)],
)
def test_what_windows_prints_for_no_number(read: Any, cell: str, number: float) -> None:
    tensor = only(read(f"a,b\n{cell},1\n2,3\n"))
    assert np.array_equal(tensor.values, np.array([[number, 1], [2, 3]]), equal_nan=True)
    assert tensor.sent is None, "it was sent, and is not missing"
