"""The Open Inference Protocol (KServe v2, Triton): tensors in JSON, or as raw bytes after the JSON.

Sources: kserve/open-inference-protocol `specification/protocol/inference_rest.md`, triton-inference-server/server
`docs/protocol/extension_binary_data.md`, kserve/kserve `python/kserve/kserve/protocol/infer_type.py`.
"""

import math
import re
from itertools import islice
from typing import Any

from ingest.limits import BATCH
from ingest.wires.kserve.inference_cells import DATATYPES, of_bytes, of_json
from nantrace.tensors.checks import check_name, check_shape, gathered
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.tensor import Array, Tensor, TensorError, Tensors

# whole texts, and braces outside of them; in UTF-8 these ASCII bytes are never part of another character
_MARKS = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)|[{}]', re.DOTALL)
_DEPTH = {b"{": 1, b"}": -1}
_MAX_MARKS = 1_000_000  # a quarter of a second; JSON before raw bytes is short


def is_open_inference(document: dict[str, Any], side: str) -> bool:
    """Whether a request (`inputs`) or response (`outputs`) is of this protocol, and not of version 1."""
    tensors = document.get(side)
    return isinstance(tensors, list) and bool(tensors) and isinstance(tensors[0], dict) and "datatype" in tensors[0]


def split(body: bytes, field: str, json_length: int | None) -> tuple[bytes, memoryview]:
    """The JSON of a body and the bytes after it.

    `json_length` is the Inference-Header-Content-Length. Loggers drop that header; the rest then begins where the
    JSON object ends.
    """
    if json_length is None:
        json_length = _end_of_object(body) if b"binary_data_size" in body else len(body)
    if json_length > len(body):
        raise Malformed(field, f"holds {len(body)} bytes; its JSON alone should be {json_length}")
    return body[:json_length], memoryview(body)[json_length:]


def tensors_of(document: dict[str, Any], side: str, raw: memoryview, field: str) -> Tensors:
    """The tensors of one side; raises Refusal. Every raw byte belongs to a tensor, in their order."""
    described = document[side]
    raw = _without_whitespace(raw, described)
    tensors, offset = [], 0
    for index, one in enumerate(described):
        if not isinstance(one, dict):
            raise TensorError(f"{field}.{side}", f"holds at {index} something that is not a tensor")
        size = _raw_size(one)
        part = None if size is None else raw[offset : offset + size]
        tensors.append(_tensor(one, part, field))
        offset += size or 0
    if offset != len(raw):
        raise Malformed(field, f"holds {len(raw)} bytes after its JSON; its tensors declare {offset}")
    names = [tensor.name for tensor in tensors]
    if len(set(names)) < len(names):
        raise TensorError(f"{field}.{side}", "holds two tensors of the same name")
    return gathered(field, tensors, BATCH)


def _tensor(described: dict[str, Any], raw: memoryview | None, field: str) -> Tensor:
    name, datatype, shape = described.get("name"), described.get("datatype"), described.get("shape")
    if not isinstance(name, str):
        raise TensorError(field, "holds a tensor without a name")
    check_name(field, name)
    where = f"{field}.{name}"
    if not isinstance(datatype, str) or datatype not in DATATYPES:
        raise TensorError(where, f"has datatype {str(datatype)[:40]!r}; the types are {', '.join(DATATYPES)}")
    if not isinstance(shape, list) or not all(type(length) is int and length >= 0 for length in shape):
        raise TensorError(where, "has no shape; send a list of whole numbers")
    check_shape(where, tuple(shape), BATCH)
    if raw is not None:
        values, sent = of_bytes(where, datatype, math.prod(shape), raw)
    else:
        values, sent = of_json(where, datatype, math.prod(shape), described.get("data"))
    return Tensor(name, values.reshape(shape), _shaped(sent, shape))


def _shaped(sent: Array | None, shape: list[int]) -> Array | None:
    return None if sent is None or not sent.any() else sent.reshape(shape)


def _without_whitespace(raw: memoryview, described: list[Any]) -> memoryview:
    """The raw bytes without the whitespace that may stand between them and an object that ended before."""
    declared = sum(_raw_size(one) or 0 for one in described if isinstance(one, dict))
    excess = len(raw) - declared
    return raw[excess:] if excess > 0 and bytes(raw[:excess]).isspace() else raw


def _raw_size(described: dict[str, Any]) -> int | None:
    parameters = described.get("parameters")
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    if "data" in described or type(size) is not int or size < 0:
        return None
    return size


def _end_of_object(body: bytes) -> int:
    """Where the first JSON object of the body ends; the whole length when that is not found."""
    depth = 0
    for mark in islice(_MARKS.finditer(body), _MAX_MARKS):
        depth += _DEPTH.get(mark[0], 0)
        if depth <= 0:
            return mark.end()
    return len(body)
