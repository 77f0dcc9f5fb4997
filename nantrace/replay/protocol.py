"""Frames over a stream socket: an 8-byte length, then a frame of `nantrace.tensors.framing`."""

import socket
import struct
from collections.abc import Mapping
from typing import Any

from nantrace.tensors.framing import frame_parts, unpack
from nantrace.tensors.tensor import Tensor, Tensors

MAX_FRAME = 4 << 30
# names of tensors in the answers of the child; outputs are called output/<name>
MAGNITUDES = "tap/magnitudes"  # per row and tap of the layer strip
HIDDEN = "tap/hidden"  # per row: could a bad value have been lost inside?
XLA_BATCHES = (1, 8, 64, 512, 4096)
"""Rows that a model is compiled for: other batches are filled up to one of these."""


class HungUpError(ConnectionError):
    """The other end closed the connection."""


def send(connection: socket.socket, header: Mapping[str, Any], tensors: Tensors | None = None) -> None:
    """Sends one frame; a tensor's `sent` codes travel with its values."""
    arrays = {}
    for tensor in tensors or ():
        arrays[f"values/{tensor.name}"] = tensor.values
        if tensor.sent is not None:
            arrays[f"sent/{tensor.name}"] = tensor.sent
    parts = frame_parts(header, arrays)
    connection.sendall(b"".join([struct.pack("<Q", sum(map(len, parts))), *parts]))


def receive(connection: socket.socket) -> tuple[dict[str, Any], Tensors]:
    """Waits for one frame; raises HungUpError at the end of the stream, TimeoutError by the socket's timeout."""
    (size,) = struct.unpack("<Q", _exactly(connection, 8))
    if size > MAX_FRAME:
        raise HungUpError(f"a frame of {size} bytes is beyond the limit of {MAX_FRAME}")
    header, arrays = unpack(_exactly(connection, size))
    tensors = [
        Tensor(key.removeprefix("values/"), values, arrays.get(f"sent/{key.removeprefix('values/')}"))
        for key, values in arrays.items()
        if key.startswith("values/")
    ]
    return header, Tensors.of(*tensors)


def _exactly(connection: socket.socket, size: int) -> memoryview:
    buffer = memoryview(bytearray(size))
    filled = 0
    while filled < size:
        count = connection.recv_into(buffer[filled:])
        if not count:
            raise HungUpError("the connection was closed")
        filled += count
    return buffer
