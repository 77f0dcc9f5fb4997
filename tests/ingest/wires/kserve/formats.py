"""The formats of events of KServe's inference logger: protocol v1, and v2 with tensors in JSON or as raw bytes."""

import json
from collections.abc import Iterable

from ingest.wires.kserve.event import Event, decode_half, read_event
from nantrace.tensors.tensor import Tensor, Tensors
from tests.ingest.wires.format import BITS, Format, Sides, Target, instances_of, json_of, of_tokens
from tests.ingest.wires.recorded import headers_of, recorded


def send_v1(tensors: list[Tensor]) -> Sides:
    rows = ", ".join(instances_of(tensors))
    return _sent(f'{{"instances": [{rows}]}}'.encode(), f'{{"predictions": [{rows}]}}'.encode())


def send_v2(tensors: list[Tensor]) -> Sides:
    described = ", ".join(
        f'{{"name": {json.dumps(one.name)}, "shape": {list(one.values.shape)}, "datatype": "{_datatype(one)}", '
        f'"data": {json_of(Tensor("", one.values.ravel(), None if one.sent is None else one.sent.ravel()))}}}'
        for one in tensors
    )
    return _sent(f'{{"inputs": [{described}]}}'.encode(), f'{{"outputs": [{described}]}}'.encode())


def send_v2_raw(tensors: list[Tensor]) -> Sides:
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
    return _sent(request, response)


def _sent(request: bytes, response: bytes) -> Sides:
    halves = [
        decode_half(Event("1", is_request, "", "", None, None), body)
        for is_request, body in ((True, request), (False, response))
    ]
    inputs, outputs = (Tensors() if half.side is None else half.side.parts[0].tensors for half in halves)
    return inputs, outputs


def _datatype(tensor: Tensor) -> str:
    dtype = tensor.values.dtype
    kinds = {"f": "FP", "i": "INT", "u": "UINT"}
    return {"b": "BOOL", "U": "BYTES"}.get(dtype.kind) or f"{kinds[dtype.kind]}{8 * dtype.itemsize}"


def _raw(tensor: Tensor) -> bytes:
    if tensor.values.dtype.kind != "U":
        return tensor.values.tobytes()
    texts = [text.encode() for text in tensor.values.ravel().tolist()]
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def _target(name: str) -> Target:
    headers = headers_of(f"kserve/{name}") | {"Ce-Metadata": "{}"}
    event = read_event({name.lower(): value for name, value in headers.items()})

    def decode(body: bytes) -> Iterable[Tensors]:
        side = decode_half(event, body).side
        return [] if side is None else [part.tensors for part in side.parts]

    return Target(f"kserve {name}", "/samples/kserve?version=7", headers, decode, [recorded(f"kserve/{name}")])


FORMATS = [
    of_tokens("kserve v1", send_v1),
    Format("kserve v2", send_v2, BITS, bits=False, nulls="fiubU", overflows=True),
    Format("kserve v2 raw", send_v2_raw, BITS, bits=True),
]
TARGETS = [
    _target(name)
    for half in ("request", "response")
    for name in (f"v1_{half}.json", f"v2_{half}.json", f"v2_binary_{half}.bin")
]
