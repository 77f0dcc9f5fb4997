"""Rows of JSON that are not all alike: those of one shape are a part, and what is no row at all is rejected.

The usual body is read as a whole, at C speed; only where that fails is it looked at row by row.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from ingest.batches.sides import MAX_PARTS, Part, Side, row_errors_of
from ingest.formats.json.cells import UnevenRowsError, row_shape, tensors_of
from ingest.limits import BATCH
from nantrace.tensors.refusals import Refusal, TooLarge

Layout = tuple[tuple[str, tuple[int, ...]], ...]


def side_of(side: str, field: str, value: Any) -> Side:
    """The tensors of a list of rows, of rows that are objects, or of an object of columns; raises Refusal."""
    try:
        return Side.whole(tensors_of(side, field, _as_columns(value, field), BATCH))
    except UnevenRowsError as error:
        rows = _records(side, value)
        if not rows:
            raise
        return _by_layout(side, field, value, rows, error)


def _as_columns(rows: Any, field: str) -> Any:
    """Rows that are objects as an object of columns; anything else as it is. Raises UnevenRowsError."""
    if not isinstance(rows, list) or not rows or not _is_record(rows[0]):
        return rows
    names = rows[0].keys()
    for index, row in enumerate(rows):
        if not _is_record(row) or row.keys() != names:
            raise UnevenRowsError(field, f"row {index} does not hold the names of row 0; all rows must be alike")
    return {name: [row[name] for row in rows] for name in names}


def _is_record(row: Any) -> bool:
    """Whether a row is an object of inputs, and not base64 that could not be read."""
    return isinstance(row, dict) and row.keys() != {"b64"}


def _records(side: str, value: Any) -> list[Any]:
    """One entry a row, an object where inputs have names; none where the columns are not as long as each other."""
    if isinstance(value, Mapping):
        columns = list(value.values())
        if not all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
            return []
        return [dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True)]
    if not isinstance(value, list):
        return []
    return value if _are_named(value) else [{side: row} for row in value]


def _are_named(value: Any) -> bool:
    """Whether inputs have names: of columns, or of most rows."""
    return isinstance(value, Mapping) or 2 * sum(map(_is_record, value)) > len(value)


def _by_layout(side: str, field: str, value: Any, rows: list[Any], error: UnevenRowsError) -> Side:
    BATCH.check_rows(field, len(rows))
    names = Counter(frozenset(row) for row in rows if _is_record(row)).most_common(1)[0][0]
    places: dict[Layout, list[int]] = {}
    rejected: list[Refusal] = []
    for index, row in enumerate(rows):
        layout = _layout(row, names)
        if isinstance(layout, str):
            rejected.append(Refusal(field, f"row {index} {layout}"))
        else:
            places.setdefault(layout, []).append(index)
    if not places:
        raise error
    if len(places) > MAX_PARTS:
        raise TooLarge(field, f"has rows of {len(places):,} shapes; the limit is {MAX_PARTS}: post fewer rows at once")
    named = _are_named(value)
    parts = [_part(side, field, rows, alike, named=named) for alike in places.values()]
    return Side(len(rows), parts, row_errors_of(rejected, _apart(field, places)))


def _apart(field: str, places: Mapping[Layout, list[int]]) -> list[Refusal]:
    """What is said of rows whose shape is not that of most."""
    usual = max(places, key=lambda layout: len(places[layout]))
    return [
        Refusal(field, f"row {alike[0]} has shape {_shapes(layout)}, most rows have {_shapes(usual)}: stored apart")
        for layout, alike in places.items()
        if layout != usual
    ]


def _shapes(layout: Layout) -> str:
    return ", ".join(str(list(shape)) for _, shape in layout)


def _part(side: str, field: str, rows: list[Any], places: list[int], *, named: bool) -> Part:
    columns: Any = {name: [rows[at][name] for at in places] for name in rows[places[0]]}
    return Part(np.array(places, np.intp), tensors_of(side, field, columns if named else columns[side], BATCH))


def _layout(row: Any, names: frozenset[str]) -> Layout | str:
    """The shape of each input of a row, or why it is no row."""
    if not isinstance(row, dict):
        return "is no object of inputs, as the others are"
    if row.keys() != names:
        return f"does not hold the names that most rows have: {', '.join(sorted(names))[:200]}"
    shapes = {name: row_shape(cells) for name, cells in row.items()}
    wrong = next((shape for shape in shapes.values() if isinstance(shape, str)), None)
    return wrong or tuple((name, shapes[name]) for name in sorted(shapes))  # type: ignore[misc]
