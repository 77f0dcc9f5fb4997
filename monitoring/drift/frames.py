"""Arrays of counts and floats as few bytes, with a kind and a version in front. Nothing in them runs.

Integers are cut to the bytes that the largest one needs, and the bytes of all numbers are grouped by significance. Each
group is compressed with Huffman codes of its own: the high bytes of counts are nearly alike and cost next to nothing,
the low ones are noise, in which short repetitions are chance.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import pack, unpack

Arrays = dict[str, NDArray[Any]]

LARGEST = 2**30  # bytes unpacked: what 10,000 features with all their blocks need, several times


class FrameError(ValueError):
    """Bytes that are no frame of the kind and version asked for."""


def write_frame(kind: str, version: int, header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """`arrays` of dtype bool, int64 or float64 and a JSON-able `header` as one compressed frame."""
    planes, dtypes = {}, {}
    for name, array in arrays.items():
        narrow = _narrowed(array)
        dtypes[name] = [narrow.dtype.str, array.dtype.str]
        planes[name] = _planes(narrow)
    body = pack({"header": header, "dtypes": dtypes}, planes)
    lengths = [plane.nbytes for array in planes.values() for plane in array]
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
        dtypes = header["dtypes"]
        arrays = {name: _numbers(array, *dtypes[name]) for name, array in planes.items()}
    except (zlib.error, struct.error, KeyError, ValueError, TypeError) as error:
        raise error if isinstance(error, FrameError) else FrameError(f"this {kind} is damaged: {error}") from error
    return header["header"], arrays


def within(arrays: Arrays, prefix: str) -> Arrays:
    """The arrays whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _compressed(body: bytes, lengths: Iterable[int]) -> bytes:
    """A zlib stream in which each of the consecutive stretches of these lengths is a block of its own."""
    deflater, blocks, start = zlib.compressobj(9, strategy=zlib.Z_FILTERED), [], 0
    for length in lengths:
        blocks += [deflater.compress(body[start : start + length]), deflater.flush(zlib.Z_BLOCK)]
        start += length
    return b"".join([*blocks, deflater.flush()])


def _narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """Integers in the smallest integer dtype that holds them all."""
    if array.dtype.kind != "i" or not array.size:
        return array
    needed = np.promote_types(np.min_scalar_type(array.min()), np.min_scalar_type(array.max()))
    return array.astype(needed)


def _planes(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Shape (features, n) becomes (bytes, n, features): all lowest bytes, then all second bytes, ..."""
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    raw = np.frombuffer(little.tobytes(), np.uint8).reshape(*array.shape, array.dtype.itemsize)
    return np.ascontiguousarray(raw.T)


def _numbers(planes: NDArray[np.uint8], narrow: str, original: str) -> NDArray[Any]:
    raw = np.ascontiguousarray(planes.T)
    return np.frombuffer(raw.tobytes(), narrow).reshape(raw.shape[:-1]).astype(original)
