"""`.csv` and `.parquet` files, read by Arrow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from nantrace.tensors.arrow_columns import check_names, column_tensor, table_of, table_of_columns
from nantrace.tensors.checks import check_shape
from nantrace.tensors.csv_layout import AS_FOUND, CsvFormat, CsvLayout, doubt_note, find_layout
from nantrace.tensors.limits import FILE, MIB
from nantrace.tensors.named_columns import of_kind, side_by_side
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.tensor import Sent, Table, Tensor, Tensors, single_name
from nantrace.tensors.text_numbers import MISSING_SPELLINGS, Doubt, read_numbers

_BLOCK_BYTES = 16 * MIB  # no row may be longer
_MOST_TEXT = 200  # characters of a line that has too few or too many cells
_MOST_NOTES = 5


@dataclass(frozen=True)
class _Broken:
    """A line with another number of cells: the position of its row, and what stands in it."""

    row: int
    cells: int
    text: str

    def note(self, field: str, layout: CsvLayout) -> str:
        """What is wrong with the line, as a sentence."""
        return f"{field}: row {self.row} has {self.cells} cells instead of {layout.width}, so it cannot be read"


def read_csv(path: Path, field: str, given: CsvFormat = AS_FOUND) -> Table:
    """The table of a CSV as people have it; `given` is what the caller knows of it.

    Cells that say "no value" are missing. A column is of numbers when all its other cells are numbers, however they
    are written. A row with too few or too many cells stays in its place, and holds nothing that can be read.
    """
    layout = find_layout(path, field, given)
    kept = [place for place in range(layout.width) if place not in layout.left_out]
    names = [str(place) if layout.names is None else layout.names[place] for place in kept]
    check_names(names, field)
    arrow, broken = _arrow(path, field, layout)
    check_shape(field, (arrow.num_rows, len(kept)), FILE)
    FILE.check_bytes(field, 8 * arrow.num_rows * len(kept))
    texts = _texts(path, field, layout, [place for place in kept if _needs_text(arrow.column(place), layout)])
    read = [
        _csv_column(texts.get(place, arrow.column(place)), name, field, layout)
        for place, name in zip(kept, names, strict=True)
    ]
    columns = _with_broken([column for column, _ in read], broken)
    doubts = [doubt_note(field, column.name, doubt, layout) for column, doubt in read if doubt is not None]
    notes = (*layout.notes, *filter(None, doubts), *(one.note(field, layout) for one in broken[:_MOST_NOTES]))
    if layout.names is None:
        matrix = side_by_side([of_kind(column, "numbers") for column in columns], single_name(field))
        return Table(Tensors.of(matrix), notes=notes)
    return replace(table_of_columns(columns, field), notes=notes)


def _arrow(path: Path, field: str, layout: CsvLayout) -> tuple[Any, list[_Broken]]:
    """The rows of the usual width, their columns called by their places, and the other ones."""
    broken: list[_Broken] = []

    def set_aside(row: Any) -> str:
        number = -1 if row.number is None else row.number - 1 - layout.preface - layout.skipped
        broken.append(_Broken(number, row.actual_columns, row.text[:_MOST_TEXT]))
        return "skip"

    arrow = _read(path, field, layout, set_aside)
    if broken:  # which rows these are is known to one thread only
        broken.clear()
        arrow = _read(path, field, layout, set_aside, use_threads=False)
    if len(broken) > arrow.num_rows:
        expected = f"Expected {layout.width} columns, got {broken[0].cells}: {broken[0].text}"
        raise Malformed(field, f"is no readable CSV: {expected}")
    return arrow, broken


def _read(
    path: Path, field: str, layout: CsvLayout, set_aside: Any, *, use_threads: bool = True, **convert: Any
) -> Any:
    reading = arrow_csv.ReadOptions(
        use_threads=use_threads,
        block_size=_BLOCK_BYTES,
        column_names=[str(place) for place in range(layout.width)],
        skip_rows=layout.preface,
        skip_rows_after_names=layout.skipped,
        encoding="utf8" if layout.encoding == "utf-8-sig" else layout.encoding,
    )
    parsing = arrow_csv.ParseOptions(
        delimiter=layout.delimiter,
        newlines_in_values=True,
        ignore_empty_lines=layout.width > 1,
        invalid_row_handler=set_aside,
    )
    converting = arrow_csv.ConvertOptions(
        null_values=MISSING_SPELLINGS,
        strings_can_be_null=False,
        decimal_point="," if layout.decimal_comma and layout.delimiter != "," else ".",
        **convert,
    )
    try:
        return arrow_csv.read_csv(path, read_options=reading, parse_options=parsing, convert_options=converting)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise Malformed(field, f"is no readable CSV: {str(error)[:200]}") from None


def _needs_text(column: Any, layout: CsvLayout) -> bool:
    """Dates are kept as they were written; of an infinity the text says whether it was one, or 1e999.

    Where decimal commas may be, the text says whether a number has three decimals, or thousands.
    """
    if not pa.types.is_floating(column.type):
        return bool(pa.types.is_temporal(column.type))
    infinite = bool(pc.any(pc.is_inf(column)).as_py())
    return infinite or ((layout.decimal_comma or layout.delimiter == ";") and _may_have_thousands(column))


def _may_have_thousands(column: Any) -> bool:
    """Whether all numbers but whole ones lie between 1 and 1000 and have, but for rounding, at most three decimals."""
    values = np.abs(column.to_numpy())
    parts = values[np.isfinite(values) & (values != np.round(values))]
    return bool(((parts > 1) & (parts < 1000) & np.isclose(parts, np.round(parts, 3), rtol=0, atol=1e-9)).all())


def _texts(path: Path, field: str, layout: CsvLayout, places: Sequence[int]) -> dict[int, Any]:
    """Columns of the file as they are written."""
    if not places:
        return {}
    names = [str(place) for place in places]
    types = dict.fromkeys(names, pa.string())
    read = _read(path, field, layout, lambda _: "skip", include_columns=names, column_types=types)
    return {place: read.column(str(place)) for place in places}


def _csv_column(column: Any, name: str, field: str, layout: CsvLayout) -> tuple[Tensor, Doubt | None]:
    """A column of shape (rows, 1), of numbers where each cell is a number or says that there is none.

    With it what could have been read otherwise.
    """
    tensor = column_tensor(column, name, field)
    numbers, doubt = read_numbers(tensor, decimal_comma=layout.decimal_comma)
    return (tensor, None) if numbers.unread().any() else (numbers, doubt)


def _with_broken(columns: list[Tensor], broken: Sequence[_Broken]) -> list[Tensor]:
    """The columns with a cell for each row that could not be cut, which holds the whole line."""
    if not broken:
        return columns
    before = np.array([one.row - place for place, one in enumerate(broken)])
    lines = {one.row: one.text for one in broken}
    return [replace(_with_unread(column, before), texts=lines) for column in columns]


def _with_unread(column: Tensor, before: NDArray[np.intp]) -> Tensor:
    """The column with a cell that cannot be read before each of these rows."""
    values = column.values if column.values.dtype.kind == "U" else column.values.astype(np.float64)
    sent = np.zeros(values.shape, np.uint8) if column.sent is None else column.sent
    filled = np.insert(values, before, "" if values.dtype.kind == "U" else np.nan, axis=0)
    return replace(column, values=filled, sent=np.insert(sent, before, Sent.TEXT, axis=0))


def read_parquet(path: Path, field: str) -> Table:
    """The table of a Parquet file of flat columns; what its footer declares is checked before anything is read."""
    from pyarrow import parquet  # takes longer to load than a small CSV to read

    try:
        with parquet.ParquetFile(path) as file:
            _weigh(file.metadata, field)
            schema = file.schema_arrow
        texts = [one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]
        # texts stay dictionaries: a long text repeated in every row costs its bytes once
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            arrow = file.read()
    except (pa.ArrowException, OSError) as error:
        raise Malformed(field, f"is no readable Parquet file: {str(error)[:200]}") from None
    return table_of(arrow, field)


def _weigh(metadata: Any, field: str) -> None:
    FILE.check_rows(field, metadata.num_rows)
    declared = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    FILE.check_bytes(field, max(declared, 8 * metadata.num_rows * metadata.num_columns))
