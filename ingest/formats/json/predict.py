"""The predict protocol in JSON, used by TensorFlow Serving, by KServe (v1) and by Vertex AI.

A request holds `instances` (a row each, or an object of inputs each) or `inputs` (columns: one tensor, or an object
of them), a response `predictions` or `outputs` in the same way. A text may come as `{"b64": "..."}`. The rules are
those of tensorflow/serving `tensorflow_serving/util/json_tensor.cc` and `g3doc/api_rest.md`.
"""

import base64
import binascii
from collections.abc import Collection
from typing import Any

from ingest.batches.sides import Side
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.formats.json.uneven import side_of
from nantrace.tensors.limits import MAX_RANK
from nantrace.tensors.tensor import TensorError

_ROWS = {"inputs": "instances", "outputs": "predictions"}  # the name of the row format of each side
_TENSORS = (*_ROWS, *_ROWS.values())


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
