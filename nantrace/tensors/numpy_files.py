"""`.npy` arrays and `.npz` archives from outside: never pickled, measured by their real bytes before allocating."""

import math
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format

from nantrace.tensors.checks import check_code_points, check_shape, text_or_bytes
from nantrace.tensors.limits import MAX_TENSORS, TableLimits, readable_bytes
from nantrace.tensors.refusals import Malformed, Refusal, TooLarge
from nantrace.tensors.tensor import Array, Tensor, TensorError
from nantrace.tensors.zip_archives import ZIP_ERRORS, open_zip

_PLAIN = {"b", "i", "u", "f", "U", "S"}
_CHUNK = 2**24
_HEADER_BYTES = 2**16  # what .npy headers take in addition to the arrays
# numpy evaluates the header as a Python literal; these are what broken literals and dtypes raise there
_HEADER_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    SyntaxError,
    TokenError,
    RecursionError,
    MemoryError,
    EOFError,
)


def read_npy(file: IO[bytes], size: int, field: str, name: str, limits: TableLimits) -> Tensor:
    """The array of a `.npy` of `size` bytes; raises Refusal naming the field.

    Big-endian arrays become native, `S` arrays are text where they are UTF-8; every other dtype is kept.
    """
    shape, fortran, dtype = _header(file, field)
    check_dtype(field, dtype)
    expected = math.prod(shape) * dtype.itemsize
    left = size - file.tell()
    if expected != left:
        declared = f"declares shape {list(shape)} of {dtype} ({readable_bytes(expected)})"
        raise Malformed(field, f"{declared} and holds {readable_bytes(left)}")
    check_shape(field, shape, limits)
    limits.check_bytes(field, expected)
    array = np.frombuffer(_exactly(file, expected, field), dtype)
    array = array.reshape(shape, order="F" if fortran else "C")
    if dtype.kind == "S":
        values, sent = text_or_bytes(field, array.ravel().tolist(), limits)
        return Tensor(name, values.reshape(shape), None if sent is None else sent.reshape(shape))
    return Tensor(name, native_array(field, array, limits))


def _header(file: IO[bytes], field: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = npy_format.read_magic(file)
        if version == (1, 0):
            shape, fortran, dtype = npy_format.read_array_header_1_0(file)
        else:
            shape, fortran, dtype = npy_format.read_array_header_2_0(file)
    except _HEADER_ERRORS as error:
        raise Malformed(field, f"has no readable .npy header: {str(error)[:200]}") from None
    if any(type(length) is not int or length < 0 for length in shape):
        raise Malformed(field, f"declares the impossible shape {list(shape)!r:.100}")
    return shape, fortran, dtype


def check_dtype(field: str, dtype: np.dtype[Any]) -> None:
    if dtype.hasobject:
        raise TensorError(field, "is an array of Python objects, which are not unpickled; send numbers or text")
    if dtype.kind in "mMc":
        kind = "complex numbers" if dtype.kind == "c" else "dates or durations"
        raise TensorError(field, f"holds {kind} ({dtype}), which no Keras model takes; send numbers or text")
    too_wide = dtype.kind == "f" and dtype.itemsize > 8
    if dtype.kind not in _PLAIN or dtype.subdtype or not dtype.itemsize or too_wide:
        taken = "bool, integers, float16 to float64 or text (bfloat16 fits in float32)"
        raise TensorError(field, f"has dtype {dtype}; send {taken}")


def _exactly(file: IO[bytes], size: int, field: str) -> bytearray:
    """`size` bytes of the file; memory grows with what is really there."""
    data = bytearray()
    while len(data) < size:
        chunk = file.read(min(_CHUNK, size - len(data)))
        if not chunk:
            raise Malformed(field, f"ends after {readable_bytes(len(data))} of {readable_bytes(size)}")
        data += chunk
    return data


def native_array(field: str, array: Array, limits: TableLimits) -> Array:
    if array.dtype.kind == "S":
        limits.check_bytes(field, array.size * array.dtype.itemsize * 4)
        try:
            return np.strings.decode(array, "utf-8")
        except UnicodeDecodeError as error:
            raise TensorError(field, f"holds bytes that are not UTF-8 text: {error.reason}") from None
    if array.dtype.kind == "b":
        return np.ascontiguousarray(array.view(np.uint8) != 0)  # a byte from outside may be neither 0 nor 1
    native = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="), copy=False))
    if native.dtype.kind == "U":
        check_code_points(field, native)
    return native


def read_npz(file: IO[bytes], field: str, limits: TableLimits) -> dict[str, Tensor]:
    """The arrays by name, each a tensor of that name.

    Raises Refusal: about the archive it names `field`, about one array that array's name.
    """
    with open_zip(file, field, limits.unpacked_bytes + _HEADER_BYTES, limits.way_out) as archive:
        members = archive.infolist()
        if len(members) > 2 * MAX_TENSORS:
            raise TooLarge(field, f"holds {len(members)} arrays; the limit is {MAX_TENSORS}")
        tensors = {}
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name == member.filename:
                raise Malformed(field, f"holds the file {name[:100]!r}, which is no .npy array")
            try:
                with archive.open(member) as npy:
                    tensors[name] = read_npy(npy, member.file_size, name, name, limits)
            except Refusal:
                raise
            except ZIP_ERRORS as error:
                raise Malformed(name, f"cannot be unpacked: {error}") from None
        return tensors
