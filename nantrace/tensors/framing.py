"""Arrays and tensors as bytes: a JSON header in front of raw little-endian data. Nothing in a frame runs."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from nantrace.tensors.tensor import Array, Tensor, Tensors


def pack(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """A frame: 4-byte little-endian header length, JSON header, raw little-endian bytes of each array.

    Arrays of dtype `U` travel as their UTF-32 code units. The same frame is stored with a batch and spoken
    over the pipe to the replayer; it holds nothing that runs.
    """
    return b"".join(frame_parts(header, arrays))


def frame_parts(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> list[bytes | memoryview]:
    """The bytes of `pack` in parts, those of the arrays not copied."""
    flat = {name: np.ascontiguousarray(_little_endian(array)) for name, array in arrays.items()}
    described = [[name, array.dtype.str, list(array.shape)] for name, array in flat.items()]
    head = json.dumps({**header, "arrays": described}, allow_nan=False).encode()
    return [
        struct.pack("<I", len(head)),
        head,
        *(array.reshape(-1).view(np.uint8).data for array in flat.values()),
    ]


def unpack(frame: bytes | memoryview) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header and the (read-only) arrays of a frame; raises ValueError when sizes do not add up."""
    view = memoryview(frame)
    (size,) = struct.unpack_from("<I", view)
    header: dict[str, Any] = json.loads(bytes(view[4 : 4 + size]))
    offset, arrays = 4 + size, {}
    for name, code, shape in header.pop("arrays"):
        dtype = np.dtype(code)
        if dtype.hasobject:
            raise ValueError(f"array {name!r} has a dtype that holds objects")
        length = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if length < 0 or offset + length > len(view):
            raise ValueError(f"array {name!r} is longer than its frame")
        arrays[name] = np.frombuffer(view[offset : offset + length], dtype).reshape(shape)
        offset += length
    return header, arrays


def pack_tensors(**groups: Tensors) -> bytes:
    """Named groups of tensors (`inputs=`, `outputs=`) as one frame."""
    arrays = {}
    for group, tensors in groups.items():
        for tensor in tensors:
            arrays[f"{group}/values/{tensor.name}"] = tensor.values
            if tensor.sent is not None:
                arrays[f"{group}/sent/{tensor.name}"] = tensor.sent
    return pack({"groups": list(groups)}, arrays)


def unpack_tensors(frame: bytes | memoryview) -> dict[str, Tensors]:
    """The groups of a frame made by `pack_tensors`."""
    header, arrays = unpack(frame)
    groups: dict[str, list[Tensor]] = {group: [] for group in header["groups"]}
    for key, values in arrays.items():
        group, part, name = key.split("/", 2)
        if part == "values":
            groups[group].append(Tensor(name, values, arrays.get(f"{group}/sent/{name}")))
    return {group: Tensors.of(*tensors) for group, tensors in groups.items()}


def _little_endian(array: Array) -> Array:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)
