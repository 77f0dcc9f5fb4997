"""Arrays of counts and floats as few bytes, with a kind and a version in front. Nothing in them runs.

Integers are cut to the bytes that the largest one needs, and the bytes of all numbers are grouped by significance. Each
group is compressed with Huffman codes of its own: the high bytes of counts are nearly alike and cost next to nothing,
the low ones are noise, in which short repetitions are chance. Counts of neighbouring bins are alike where a
distribution has moved: whichever is shorter is kept, the counts or their differences.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.framing import pack, unpack

Arrays = dict[str, NDArray[Any]]

LARGEST = 2**30  # bytes unpacked: what 10,000 features with all their blocks need, several times


class FrameError(ValueError):
    """Bytes that are no frame of the kind and version asked for."""


def write_frame(kind: str, version: int, header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """`arrays` of dtype bool, int64 or float64 and a JSON-able `header` as one compressed frame."""
    coded = {name: _coded(array) for name, array in arrays.items()}
    codings = {name: [one.dtype, arrays[name].dtype.str, one.differences] for name, one in coded.items()}
    body = pack({"header": header, "codings": codings}, {name: one.planes for name, one in coded.items()})
    lengths = [plane.nbytes for one in coded.values() for plane in one.planes]
    return f"{kind} {version}\n".encode() + _compressed(body, [len(body) - sum(lengths), *lengths])


def read_frame(kind: str, version: int, data: bytes) -> tuple[dict[str, Any], Arrays]:
    """The header and arrays of a frame; raises FrameError for another kind or version and for damage."""
    title, _, packed = bytes(data).partition(b"\n")
    if title != f"{kind} {version}".encode():
        raise FrameError(f"these bytes begin with {title[:40]!r}: expected {kind!r} in format version {version}")
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(packed, LARGEST)
        if not inflater.eof or inflater.unused_data:
            raise FrameError(
                f"this {kind} of {len(data)} bytes is cut short, too long or unpacks beyond {LARGEST} bytes"
            )
        header, planes = unpack(body)
        codings = header["codings"]
        arrays = {name: _decoded(array, *codings[name]) for name, array in planes.items()}
    except (zlib.error, struct.error, KeyError, ValueError, TypeError) as error:
        raise error if isinstance(error, FrameError) else FrameError(f"this {kind} is damaged: {error}") from error
    return header["header"], arrays


def within(arrays: Arrays, prefix: str) -> Arrays:
    """The arrays whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _compressed(body: bytes, lengths: Iterable[int]) -> bytes:
    """A zlib stream in which each of the consecutive segments of these lengths is a block of its own."""
    deflater, blocks, start = zlib.compressobj(5, strategy=zlib.Z_FILTERED), [], 0
    for length in lengths:
        blocks += [deflater.compress(body[start : start + length]), deflater.flush(zlib.Z_BLOCK)]
        start += length
    return b"".join([*blocks, deflater.flush()])


@dataclass(frozen=True)
class _Coded:
    """An array as `planes` (bytes, *shape reversed) uint8: all lowest bytes, then all second bytes, ...

    `dtype` is that of the numbers in them: the array's, or of integers just wide enough. `differences`: they are the
    differences along the array's last axis, in `_zigzag`.
    """

    planes: NDArray[np.uint8]
    dtype: str
    differences: bool


def _coded(array: NDArray[Any]) -> _Coded:
    plain = _cut(_narrowed(array), differences=False)
    if array.dtype.kind != "i" or array.ndim < 2:
        return plain
    return min(plain, _cut(_narrowed(_zigzag(np.diff(array, axis=-1, prepend=0))), differences=True), key=_length)


def _length(coded: _Coded) -> int:
    return len(_compressed(coded.planes.tobytes(), [plane.nbytes for plane in coded.planes]))


def _cut(array: NDArray[Any], *, differences: bool) -> _Coded:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    raw = np.frombuffer(little.tobytes(), np.uint8).reshape(*array.shape, array.dtype.itemsize)
    return _Coded(np.ascontiguousarray(raw.T), little.dtype.str, differences)


def _decoded(planes: NDArray[np.uint8], dtype: str, original: str, differences: bool) -> NDArray[Any]:
    raw = np.ascontiguousarray(planes.T)
    numbers = np.frombuffer(raw.tobytes(), dtype).reshape(raw.shape[:-1]).astype(original)
    return np.cumsum((numbers >> 1) ^ -(numbers & 1), axis=-1) if differences else numbers


def _narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """Integers in the smallest integer dtype that holds them all."""
    if array.dtype.kind != "i" or not array.size:
        return array
    needed = np.promote_types(np.min_scalar_type(array.min()), np.min_scalar_type(array.max()))
    return array.astype(needed)


def _zigzag(numbers: NDArray[Any]) -> NDArray[Any]:
    """0, -1, 1, -2, 2, ... as 0, 1, 2, 3, 4, ...: small numbers of either sign have zeros in their high bytes."""
    return (numbers << 1) ^ (numbers >> 63)
