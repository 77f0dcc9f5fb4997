"""Every wire format as one thing: tensors in, the same tensors out of its codec."""

import base64
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.wires.arrow.arrow_body import decode_arrow_body
from ingest.wires.json.json_body import decode_json_body
from ingest.wires.kserve.event import Event, decode_half
from ingest.wires.npz.npz_body import decode_npz_body
from ingest.wires.tensorflow_serving.body import decode_tensorflow_serving_body
from ingest.wires.vertex_ai.rows import decode_calls, decode_push
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.ingest.wires.arrow_streams import column_of, stream

Sides = tuple[Tensors, Tensors]  # what came out as inputs and as outputs
FIELDS = '"model": "churn", "version": "7"'
BITS = ("<f2", "<f4", "<f8", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "<u4", "<u8", "?", "<U3")
TOKENS = ("<f8", "<i8", "?", "<U3")


@dataclass(frozen=True)
class Format:
    """`send` takes tensors of one number of rows through the codec, as inputs and as outputs.

    `bits`: NaN payloads travel; else NaN is a token. `nulls`: the kinds of dtype in which a cell may be missing.
    """

    name: str
    send: Callable[[list[Tensor]], Sides]
    dtypes: tuple[str, ...]
    bits: bool
    nulls: str = ""
    overflows: bool = False
    says_dtypes: bool = True


def json_of(tensor: Tensor) -> str:
    """The tensor as nested lists; bare NaN and infinities, null for missing cells, a huge number for overflows."""
    sent = np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent
    return _nested(tensor.values, sent)


def rows_of(tensor: Tensor) -> list[str]:
    """The JSON of each row."""
    sent = np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent
    return [_nested(*pair) for pair in zip(tensor.values, sent, strict=True)]


def _nested(values: Any, sent: Any) -> str:
    if not np.ndim(values):
        return _cell(values.item() if isinstance(values, np.generic) else values, int(sent))
    return "[" + ", ".join(_nested(*pair) for pair in zip(values, sent, strict=True)) + "]"


def _cell(value: Any, sent: int) -> str:
    if sent == Sent.MISSING:
        return "null"
    return ("1e999" if value > 0 else "-1e999") if sent == Sent.OVERFLOW else json.dumps(value)


def _object(tensors: list[Tensor]) -> str:
    """A single tensor without its name, several as an object."""
    if len(tensors) == 1:
        return json_of(tensors[0])
    return "{" + ", ".join(f"{json.dumps(one.name)}: {json_of(one)}" for one in tensors) + "}"


def _instances(tensors: list[Tensor]) -> list[str]:
    """The JSON of each row, as an object of inputs where there are several."""
    if len(tensors) == 1:
        return rows_of(tensors[0])
    columns = [(json.dumps(one.name), rows_of(one)) for one in tensors]
    return [
        "{" + ", ".join(f"{name}: {rows[row]}" for name, rows in columns) + "}" for row in range(len(columns[0][1]))
    ]


def send_json(tensors: list[Tensor]) -> Sides:
    posted = decode_json_body(f'{{{FIELDS}, "inputs": {_object(tensors)}, "outputs": {_object(tensors)}}}'.encode())
    return posted.inputs, posted.outputs or Tensors()


def send_npz(tensors: list[Tensor]) -> Sides:
    packed = io.BytesIO()
    np.savez(packed, **{name: one.values for one in tensors for name in _array_names(one, tensors)})  # type: ignore[arg-type]
    posted = decode_npz_body(packed.getvalue(), f"{{{FIELDS}}}")
    return posted.inputs, posted.outputs or Tensors()


def send_arrow(tensors: list[Tensor]) -> Sides:
    columns = {name: column_of(one) for one in tensors for name in _array_names(one, tensors)}
    posted = decode_arrow_body(stream(columns), None)
    return posted.inputs, posted.outputs or Tensors()


def _array_names(tensor: Tensor, tensors: list[Tensor]) -> list[str]:
    return ["inputs", "outputs"] if len(tensors) == 1 else [f"inputs.{tensor.name}", f"outputs.{tensor.name}"]


def send_tensorflow_serving_rows(tensors: list[Tensor]) -> Sides:
    rows = ", ".join(_instances(tensors))
    return _tensorflow_serving(f'{{"instances": [{rows}]}}', f'{{"predictions": [{rows}]}}')


def send_tensorflow_serving_columns(tensors: list[Tensor]) -> Sides:
    return _tensorflow_serving(f'{{"inputs": {_object(tensors)}}}', f'{{"outputs": {_object(tensors)}}}')


def _tensorflow_serving(request: str, response: str) -> Sides:
    posted = decode_tensorflow_serving_body(f'{{{FIELDS}, "request": {request}, "response": {response}}}'.encode())
    return posted.inputs, posted.outputs or Tensors()


def send_kserve_v1(tensors: list[Tensor]) -> Sides:
    rows = ", ".join(_instances(tensors))
    return _kserve(f'{{"instances": [{rows}]}}'.encode(), f'{{"predictions": [{rows}]}}'.encode())


def send_kserve_v2(tensors: list[Tensor]) -> Sides:
    described = ", ".join(
        f'{{"name": {json.dumps(one.name)}, "shape": {list(one.values.shape)}, "datatype": "{_datatype(one)}", '
        f'"data": {json_of(Tensor("", one.values.ravel(), None if one.sent is None else one.sent.ravel()))}}}'
        for one in tensors
    )
    return _kserve(f'{{"inputs": [{described}]}}'.encode(), f'{{"outputs": [{described}]}}'.encode())


def send_kserve_binary(tensors: list[Tensor]) -> Sides:
    raw = [_raw(one) for one in tensors]
    described = [
        {
            "name": one.name,
            "shape": list(one.values.shape),
            "datatype": _datatype(one),
            "parameters": {"binary_data_size": len(part)},
        }
        for one, part in zip(tensors, raw, strict=True)
    ]
    request, response = (json.dumps({side: described}).encode() + b"".join(raw) for side in ("inputs", "outputs"))
    return _kserve(request, response)


def _kserve(request: bytes, response: bytes) -> Sides:
    halves = [
        decode_half(Event("1", is_request, "", "", None, None), body)
        for is_request, body in ((True, request), (False, response))
    ]
    return halves[0] or Tensors(), halves[1] or Tensors()


def _datatype(tensor: Tensor) -> str:
    dtype = tensor.values.dtype
    kinds = {"f": "FP", "i": "INT", "u": "UINT"}
    return {"b": "BOOL", "U": "BYTES"}.get(dtype.kind) or f"{kinds[dtype.kind]}{8 * dtype.itemsize}"


def _raw(tensor: Tensor) -> bytes:
    if tensor.values.dtype.kind != "U":
        return tensor.values.tobytes()
    texts = [text.encode() for text in tensor.values.ravel().tolist()]
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def send_vertex_rows(tensors: list[Tensor]) -> Sides:
    return _logged(_logged_row(tensors))


def send_vertex_push(tensors: list[Tensor]) -> Sides:
    message = {"data": base64.b64encode(_logged_row(tensors)).decode(), "messageId": "1"}
    pushed = decode_push({"message": message, "subscription": "s"})
    return _logged(pushed.data if pushed else b"")


def _logged_row(tensors: list[Tensor]) -> bytes:
    rows = _instances(tensors)
    return json.dumps({"request_payload": rows, "response_payload": rows}).encode() + b"\n"


def _logged(lines: bytes) -> Sides:
    (call,) = decode_calls(lines)
    return call.inputs, call.outputs or Tensors()


_TOKENS: dict[str, Any] = {"dtypes": TOKENS, "bits": False, "nulls": "fU", "overflows": True, "says_dtypes": False}
FORMATS = [
    Format("json", send_json, **_TOKENS),
    Format("npz", send_npz, BITS, bits=True),
    Format("arrow", send_arrow, BITS, bits=True, nulls="fiubU"),
    Format("tensorflow-serving rows", send_tensorflow_serving_rows, **_TOKENS),
    Format("tensorflow-serving columns", send_tensorflow_serving_columns, **_TOKENS),
    Format("kserve v1", send_kserve_v1, **_TOKENS),
    Format("kserve v2", send_kserve_v2, BITS, bits=False, nulls="fiubU", overflows=True),
    Format("kserve v2 raw", send_kserve_binary, BITS, bits=True),
    Format("vertex-ai rows", send_vertex_rows, **_TOKENS),
    Format("vertex-ai push", send_vertex_push, **_TOKENS),
]
