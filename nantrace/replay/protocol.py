"""Frames over a stream socket: an 8-byte length, then a frame of `nantrace.tensors.framing`.

What the other end may say is bounded before memory is taken for it: the child runs a model from outside.
"""

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nantrace.tensors.framing import frame_parts, unpack
from nantrace.tensors.limits import GIB, MIB, readable_bytes
from nantrace.tensors.tensor import Tensor, Tensors

# names of tensors in the answers of the child; outputs are called output/<name>
MAGNITUDES = "tap/magnitudes"  # per row and tap of the layer strip
HIDDEN = "tap/hidden"  # per row: could a bad value have been lost inside?
XLA_BATCHES = (1, 8, 64, 512, 4096)
"""Rows that a model is compiled for: other batches are filled up to one of these."""


@dataclass(frozen=True)
class FrameLimit:
    """Bytes of a whole frame, and of its JSON header, which takes many times as much once it is read."""

    frame: int
    header: int


QUESTION, ANSWER = FrameLimit(4 * GIB, GIB), FrameLimit(64 * MIB, 16 * MIB)


class HungUpError(ConnectionError):
    """The other end closed the connection, or speaks another language."""


class FrameTooLargeError(Exception):
    """A frame of `size` bytes is beyond its limit; nothing of it was sent or taken."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"{readable_bytes(size)} are beyond the limit of {readable_bytes(limit)}")
        self.size, self.limit = size, limit


def send(
    connection: socket.socket, header: Mapping[str, Any], tensors: Tensors | None = None, limit: FrameLimit = QUESTION
) -> None:
    """Sends one frame; a tensor's `sent` codes travel with its values. Raises FrameTooLargeError."""
    arrays = {}
    for tensor in tensors or ():
        arrays[f"values/{tensor.name}"] = tensor.values
        if tensor.sent is not None:
            arrays[f"sent/{tensor.name}"] = tensor.sent
    length, head, *rest = frame_parts(header, arrays)
    size = sum(map(len, (length, head, *rest)))
    _check(size, limit.frame)
    _check(len(head), limit.header)
    connection.sendall(b"".join([struct.pack("<Q", size), length, head]))
    for part in rest:
        connection.sendall(part)


def receive(connection: socket.socket, limit: FrameLimit = QUESTION) -> tuple[dict[str, Any], Tensors]:
    """Waits for one frame; raises HungUpError at the end of the stream, TimeoutError by the socket's timeout, and
    FrameTooLargeError before memory is taken for it.
    """
    (size,) = struct.unpack("<Q", _exactly(connection, 8))
    _check(size, limit.frame)
    frame = _exactly(connection, size)
    try:
        _check(struct.unpack_from("<I", frame)[0], limit.header)
        header, arrays = unpack(frame)
    except (ValueError, TypeError, KeyError, struct.error, RecursionError) as error:
        raise HungUpError(f"what came is no frame: {type(error).__name__}") from error
    tensors = [
        Tensor(key.removeprefix("values/"), values, arrays.get(f"sent/{key.removeprefix('values/')}"))
        for key, values in arrays.items()
        if key.startswith("values/")
    ]
    return header, Tensors.of(*tensors)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise FrameTooLargeError(size, limit)


def _exactly(connection: socket.socket, size: int) -> memoryview:
    buffer = memoryview(bytearray(size))
    filled = 0
    while filled < size:
        count = connection.recv_into(buffer[filled:])
        if not count:
            raise HungUpError("the connection was closed")
        filled += count
    return buffer
