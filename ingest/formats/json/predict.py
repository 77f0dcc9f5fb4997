"""The predict protocol in JSON, used by TensorFlow Serving, by KServe (v1) and by Vertex AI.

A request holds `instances` (a row each, or an object of inputs each) or `inputs` (columns: one tensor, or an object
of them), a response `predictions` or `outputs` in the same way. A text may come as `{"b64": "..."}`. The rules are
those of tensorflow/serving `tensorflow_serving/util/json_tensor.cc` and `g3doc/api_rest.md`.
"""

import base64
import binascii
from collections.abc import Collection
from typing import Any

from ingest.formats.json.cells import tensors_of
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.limits import BATCH
from nantrace.tensors.limits import MAX_RANK
from nantrace.tensors.tensor import TensorError, Tensors

_ROWS = {"inputs": "instances", "outputs": "predictions"}  # the name of the row format of each side
_TENSORS = (*_ROWS, *_ROWS.values())


def decode_predict_json(text: bytes, field: str, tensors: Collection[str] = _TENSORS) -> dict[str, Any]:
    """The JSON object of a request or a response, its base64 as text; raises Refusal naming `field`.

    `tensors` names the fields in which tensors may lie.
    """
    check_json_size(text, field)
    decoded = decode_json_object(text, field, tensors)
    if b"b64" not in text:
        return decoded
    return {name: plain_texts(value, field, depth=1) for name, value in decoded.items()}


def request_tensors(request: dict[str, Any], field: str) -> Tensors:
    """The inputs of a predict request; raises Refusal."""
    if "examples" in request:
        raise TensorError(field, "holds `examples`: the classify and regress calls are not read, only predict is")
    inputs = _tensors(request, "inputs", field)
    if inputs is None:
        raise TensorError(field, "holds neither `instances` nor `inputs`; send the body of the predict call as it is")
    return inputs


def response_tensors(response: dict[str, Any], field: str) -> Tensors | None:
    """The outputs of a predict response, None when the server answered with an `error`; raises Refusal."""
    outputs = _tensors(response, "outputs", field)
    if outputs is None and "error" not in response:
        raise TensorError(field, "holds neither `predictions` nor `outputs`; send the body of the answer as it is")
    return outputs


def _tensors(document: dict[str, Any], side: str, field: str) -> Tensors | None:
    rows, columns = document.get(_ROWS[side]), document.get(side)
    if rows is not None and columns is not None:
        raise TensorError(field, f"holds both `{_ROWS[side]}` and `{side}`; a call has one of them")
    if rows is not None:
        return tensors_of(side, f"{field}.{_ROWS[side]}", rows_as_columns(rows, f"{field}.{_ROWS[side]}"), BATCH)
    return None if columns is None else tensors_of(side, f"{field}.{side}", columns, BATCH)


def rows_as_columns(rows: Any, field: str) -> Any:
    """Rows that are objects as an object of columns; anything else as it is."""
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        return rows
    names = rows[0].keys()
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or row.keys() != names:
            raise TensorError(field, f"row {index} does not hold the names of row 0; all rows must be alike")
    return {name: [row[name] for row in rows] for name in names}


def plain_texts(value: Any, field: str, depth: int = 0) -> Any:
    """The decoded JSON with each `{"b64": text}` as the text it stands for; raises TensorError for other bytes."""
    if depth > MAX_RANK + 3:  # no tensor lies deeper
        return value
    if isinstance(value, list):
        return [plain_texts(item, field, depth + 1) if isinstance(item, list | dict) else item for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"b64"} and isinstance(value["b64"], str):
        return _unpacked(value["b64"], field)
    return {name: plain_texts(item, field, depth + 1) for name, item in value.items()}


def _unpacked(text: str, field: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except UnicodeDecodeError:
        what = "bytes that are not UTF-8 text, which cannot be kept"
        raise TensorError(field, f"holds {what}; a model of images takes their numbers") from None
    except (binascii.Error, ValueError):
        raise TensorError(field, "holds a `b64` that is not base64") from None
