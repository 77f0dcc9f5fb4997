"""How a CSV is written: its delimiter, its decimal mark, and whether its first line names the columns.

People's CSV has no standard. What is not known is decided from the first lines, and every decision that could have
been another one is reported.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from nantrace.tensors.limits import MIB
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.text_numbers import Doubt, decimal_comma_in, is_missing_mark, number_in

_SAMPLE_BYTES, _WIDEST_LINE, _SAMPLE_ROWS = MIB, 64 * MIB, 200
WINDOWS = "cp1252"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SEPARATOR = re.compile(r'"?sep=(.)"?')  # Excel's own first line
_BEFORE = re.compile(rf"#.*|{_SEPARATOR.pattern}")
_DELIMITERS = "\t;|, "  # in this order: with decimal commas, a comma also cuts all lines alike
_ALIKE = 0.9  # of the lines have as many cells as most: some may be broken
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?|\d\d?[./]\d\d?[./]\d{4}.*|\d\d?:\d\d(:\d\d.*)?")
_NAMELESS = re.compile(r"(Unnamed: \d+)?")  # as pandas calls a column without a name when it reads it back
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class CsvFormat:
    """What a caller knows of a CSV; what is None is found out."""

    header: bool | None = None
    delimiter: str | None = None


AS_FOUND = CsvFormat()


@dataclass(frozen=True)
class CsvLayout:
    """How to read one file: `width` columns, of which those at the places `left_out` are none of the data.

    `is_sure`: some numbers can only be read with this decimal mark. `names`: one a column, None where columns have
    places only. `preface` lines stand before the header or the first row, and `skipped` more before the first row.
    `notes` are sentences on what was decided.
    """

    encoding: str
    delimiter: str
    decimal_comma: bool
    is_sure: bool
    width: int
    names: Sequence[str] | None
    left_out: Sequence[int]
    preface: int
    skipped: int
    notes: tuple[str, ...]


def find_layout(path: Path, field: str, given: CsvFormat = AS_FOUND) -> CsvLayout:
    """Decides by the first lines of a file; raises Malformed naming `field` where they are no text, or none."""
    encoding, text = _beginning(path, field)
    preface = _preface(text, given)
    delimiter, text = preface.delimiter, preface.rest
    rows = _cut(text, delimiter)
    blank = next((number for number, row in enumerate(rows) if row), len(rows))
    first, *body = [row for row in rows if row] or [[]]
    if not first:
        raise Malformed(field, "is no readable CSV: it holds no line")
    has_header = _is_header(first, body) if given.header is None else given.header
    width = _usual_width(body if has_header and body else [first, *body])
    names = _names(first, body, width) if has_header else None
    decimal_comma, is_sure = _has_decimal_commas(delimiter, body)
    left_out = [place for place, name in enumerate(names or ()) if not name]
    kept = [name for name in names or () if name]
    return CsvLayout(
        encoding=encoding,
        delimiter=delimiter,
        decimal_comma=decimal_comma,
        is_sure=is_sure,
        width=width if names is None else len(names),
        names=None if kept == _counted(len(kept)) else names,
        left_out=left_out,
        preface=preface.lines,
        skipped=blank + has_header,
        notes=(
            *_preface_notes(field, encoding, preface),
            *_notes(field, given, delimiter, first, body, has_header, left_out),
        ),
    )


def _beginning(path: Path, field: str) -> tuple[str, str]:
    """The encoding and the first whole lines."""
    with path.open("rb") as file:
        read = file.read(_SAMPLE_BYTES)
        while read and b"\n" not in read and len(read) < _WIDEST_LINE and (more := file.read(_SAMPLE_BYTES)):
            read += more
        is_whole = not file.read(1)
    is_utf16 = read.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", WINDOWS):
        with suppress(UnicodeDecodeError):
            text = codecs.getincrementaldecoder(encoding)().decode(read, final=is_whole)
            if encoding != WINDOWS or not _CONTROL.search(text):
                return encoding, text if is_whole else text[: text.rfind("\n") + 1] or text
    raise Malformed(field, "is no readable CSV: it is no text; save it as CSV in UTF-8, and not packed")


@dataclass(frozen=True)
class _Preface:
    """`lines` before the header or the first row, of which some are `comments`; `rest`: what follows."""

    lines: int
    comments: int
    rest: str
    delimiter: str


def _preface(text: str, given: CsvFormat) -> _Preface:
    """Comments, and the line in which Excel writes its delimiter.

    The last comment is the header where it names as many columns, as `numpy.savetxt` writes it.
    """
    lines = list(io.StringIO(text, newline=""))
    number, separator = 0, None
    while number < len(lines) - 1 and (not lines[number].strip() or _BEFORE.fullmatch(lines[number].strip())):
        separator = separator or _SEPARATOR.fullmatch(lines[number].strip())
        number += 1
    rest = "".join(lines[number:])
    delimiter = given.delimiter or (separator[1] if separator else _delimiter(rest))
    last = lines[number - 1] if number else ""
    header = last.lstrip("#").lstrip(" ")
    width = _usual_width([row for row in _cut(rest, delimiter) if row])
    if last.startswith("#") and [len(row) for row in _cut(header, delimiter)] == [width] and width > 1:
        number, rest = number - 1, (header if _cut(header, delimiter)[0][0] else f"#{header}") + rest
    return _Preface(number, sum(line.startswith("#") for line in lines[:number]), rest, delimiter)


def _preface_notes(field: str, encoding: str, preface: _Preface) -> Iterator[str]:
    if encoding == WINDOWS:
        yield f"{field}: the file is not UTF-8 and is read as Windows-1252; names and texts may be spelt otherwise"
    if preface.comments:
        yield f"{field}: left out {preface.comments} line{'s'[: preface.comments > 1]} of comments before the first row"


def _delimiter(text: str) -> str:
    """The first that cuts the lines into as many cells each; a space only between numbers."""
    for candidate in _DELIMITERS:
        rows = [row for row in _cut(text, candidate) if row]
        width = _usual_width(rows)
        alike = sum(len(row) == width for row in rows)
        if width > 1 and alike >= _ALIKE * len(rows) and (candidate != " " or _all_numbers(rows)):
            return candidate
    return ","


def _cut(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, as far as they can be read; a blank line is an empty row."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:  # a text beyond the limit of the module
        pass
    return rows


def _usual_width(rows: Rows) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0] if rows else 0


def _all_numbers(rows: Rows) -> bool:
    return all(number_in(cell) is not None for row in rows for cell in row)


def _is_header(first: Sequence[str], body: Rows) -> bool:
    """Whether the first line names the columns: a number or a date is never a name, and a missing mark alone is none.

    Names that pandas made itself, 0, 1, 2, ..., are known by what stands below: an index, or numbers that
    are written otherwise.
    """
    if len(first) > 1 and list(first) == _counted(len(first)) and body:
        return all(any("." in cell for cell in row) for row in body)
    if len(first) > 2 and _NAMELESS.fullmatch(first[0].strip()) and list(first[1:]) == _counted(len(first) - 1):
        return [row[0] for row in body] == _counted(len(body))
    if any(_is_value(cell) for cell in first):
        return False
    return not all(is_missing_mark(cell) for cell in first)


def _counted(length: int) -> list[str]:
    return [str(place) for place in range(length)]


def _is_value(cell: str) -> bool:
    return number_in(cell) is not None or bool(_DATE.fullmatch(cell.strip()))


def _names(first: Sequence[str], body: Rows, width: int) -> list[str]:
    """A name a column. R writes no name above the index, and some programs end every row with a delimiter."""
    names = [cell.strip() for cell in first]
    names = ["" if _NAMELESS.fullmatch(name) else name for name in names]
    if len(names) == width - 1:
        ends_blank = all(not row[-1].strip() for row in body if len(row) == width)
        return [*names, ""] if ends_blank else ["", *names]
    while len(names) > width > 0 and not names[-1]:
        names.pop()
    return names


def _has_decimal_commas(delimiter: str, body: Rows) -> tuple[bool, bool]:
    """Whether commas are decimal, and whether that is sure, as columns can be read one way only.

    Where nothing is, 1,234 is read so where semicolons say that commas mean that.
    """
    found = {decimal_comma_in(column) for column in zip_longest(*body, fillvalue="")} - {None}
    if len(found) == 1:
        return True in found, True
    numbers = [cell for row in body for cell in row if number_in(cell) is not None]
    return delimiter == ";" and any("," in cell for cell in numbers) and not any("." in cell for cell in numbers), False


def _notes(
    field: str,
    given: CsvFormat,
    delimiter: str,
    first: Sequence[str],
    body: Rows,
    has_header: bool,
    left_out: Sequence[int],
) -> Iterator[str]:
    if delimiter != "," and given.delimiter is None:
        yield f"{field}: cells are separated by {delimiter!r}"
    if not has_header and given.header is None:
        yield f"{field}: the first line holds values, so it is a row and no header"
    if has_header and given.header is None and not any(_is_value(cell) for row in body for cell in row):
        yield f"{field}: the first line is taken for a header; with --no-header it is a row: {', '.join(first)[:80]}"
    if left_out:
        places = ", ".join(str(place + 1) for place in left_out)
        yield f"{field}: left out column {places}, which has no name, as the index of a frame has none"


def doubt_note(field: str, name: str, doubt: Doubt, layout: CsvLayout) -> str | None:
    """A sentence on what could have been read otherwise; None where a decimal point is what everyone would read."""
    written = doubt.written[0]
    if len(doubt.written) > 1:
        return f"{field}: column {name} has decimal points and decimal commas: {' and '.join(doubt.written)}"
    if "," not in written and not doubt.has_thousands and (layout.is_sure or layout.delimiter != ";"):
        return None
    mark = "comma" if "," in written else "point"
    if doubt.has_thousands:
        read, other = f"with a {mark} between thousands", written.translate(str.maketrans(",.", ".,"))
    else:
        read, other = f"with a decimal {mark}", written.replace(",", "").replace(".", "")
    return f"{field}: column {name}: {written} is read as {doubt.read:.15g}, {read}; if that is wrong, write {other}"
