"""The predict protocol in JSON, used by TensorFlow Serving, by KServe (v1) and by Vertex AI.

A request holds `instances` (a row each, or an object of inputs each) or `inputs` (columns: one tensor, or an object
of them), a response `predictions` or `outputs` in the same way. A text may come as `{"b64": "..."}`. The rules are
those of tensorflow/serving `tensorflow_serving/util/json_tensor.cc` and `g3doc/api_rest.md`.

The usual body is read as a whole, at C speed. Where its rows are not all alike, it is looked at row by row: those of
one shape are a part, and what is no row at all is rejected.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from ingest.batches.sides import MAX_PARTS, Part, Side, row_errors_of
from ingest.formats.json.cells import UnevenRowsError, row_shape, tensors_of
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.limits import BATCH
from nantrace.tensors.limits import MAX_RANK
from nantrace.tensors.refusals import Refusal, TooLarge
from nantrace.tensors.tensor import TensorError

_ROWS = {"inputs": "instances", "outputs": "predictions"}  # the name of the row format of each side
_TENSORS = (*_ROWS, *_ROWS.values())
Layout = tuple[tuple[str, tuple[int, ...]], ...]


def decode_predict_json(text: bytes, field: str, tensors: Collection[str] = _TENSORS) -> dict[str, Any]:
    """The JSON object of a request or a response, its base64 as text or bytes; raises Refusal naming `field`.

    `tensors` names the fields in which tensors may lie.
    """
    check_json_size(text, field)
    decoded = decode_json_object(text, field, tensors)
    if b"b64" not in text:
        return decoded
    return {name: plain_texts(value, depth=1) for name, value in decoded.items()}


def request_side(request: dict[str, Any], field: str) -> Side:
    """The inputs of a predict request; raises Refusal."""
    if "examples" in request:
        raise TensorError(field, "holds `examples`: the classify and regress calls are not read, only predict is")
    inputs = _side(request, "inputs", field)
    if inputs is None:
        raise TensorError(field, "holds neither `instances` nor `inputs`; send the body of the predict call as it is")
    return inputs


def response_side(response: dict[str, Any], field: str) -> Side | None:
    """The outputs of a predict response, None when the server answered with an `error`; raises Refusal."""
    outputs = _side(response, "outputs", field)
    if outputs is None and "error" not in response:
        raise TensorError(field, "holds neither `predictions` nor `outputs`; send the body of the answer as it is")
    return outputs


def _side(document: dict[str, Any], side: str, field: str) -> Side | None:
    rows, columns = document.get(_ROWS[side]), document.get(side)
    if rows is not None and columns is not None:
        raise TensorError(field, f"holds both `{_ROWS[side]}` and `{side}`; a call has one of them")
    if rows is not None:
        return side_of(side, f"{field}.{_ROWS[side]}", rows)
    return None if columns is None else side_of(side, f"{field}.{side}", columns)


def plain_texts(value: Any, depth: int = 0) -> Any:
    """The decoded JSON with each `{"b64": text}` as what it stands for: a text, or bytes that are none.

    What is not base64 stays an object, which is no cell.
    """
    if depth > MAX_RANK + 3:  # no tensor lies deeper
        return value
    if isinstance(value, list):
        return [plain_texts(item, depth + 1) if isinstance(item, list | dict) else item for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"b64"} and isinstance(value["b64"], str):
        return _unpacked(value)
    return {name: plain_texts(item, depth + 1) for name, item in value.items()}


def _unpacked(value: dict[str, str]) -> str | bytes | dict[str, str]:
    try:
        data = base64.b64decode(value["b64"], validate=True)
    except (binascii.Error, ValueError):
        return value
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    return data if text.endswith("\0") else text  # no array of text keeps a NUL at the end


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
