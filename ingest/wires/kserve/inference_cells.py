"""The cells of one tensor of the Open Inference Protocol, from JSON or from raw bytes, as the dtype it declares."""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.formats.json.cells import tensor_of
from ingest.limits import BATCH
from nantrace.tensors.checks import check_text, text_or_bytes
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.tensor import Array, Sent, TensorError

_INTEGERS = {f"{kind}{bits}": f"<{kind[0].lower()}{bits // 8}" for kind in ("INT", "UINT") for bits in (8, 16, 32, 64)}
_FLOATS = {"FP16": "<f2", "FP32": "<f4", "FP64": "<f8", "BF16": "<f4"}  # bfloat16 fits in float32, bit for bit
DATATYPES = ("BOOL", *_INTEGERS, *_FLOATS, "BYTES")

Cells = tuple[Array, NDArray[np.uint8] | None]


def of_bytes(field: str, datatype: str, size: int, raw: memoryview) -> Cells:
    """`size` values in row-major order, little endian, and `Sent` of each; raises Refusal where sizes do not fit."""
    if datatype == "BYTES":
        return text_or_bytes(field, _lengths_and_bytes(field, size, raw), BATCH)
    return _fixed_width(field, datatype, size, raw), None


def _fixed_width(field: str, datatype: str, size: int, raw: memoryview) -> Array:
    width = {"BOOL": 1, "BF16": 2}.get(datatype) or np.dtype(_numbers(datatype)).itemsize
    if len(raw) != size * width:
        declared = f"declares {size:,} values of {datatype} ({readable_bytes(size * width)})"
        raise Malformed(field, f"{declared} and holds {readable_bytes(len(raw))}")
    BATCH.check_bytes(field, 2 * len(raw))
    if datatype == "BOOL":
        return np.asarray(np.frombuffer(raw, np.uint8) != 0)
    if datatype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(raw, _numbers(datatype))


def of_json(field: str, datatype: str, size: int, data: Any) -> Cells:
    """`size` values, flat or nested as the shape is, and `Sent` of each; raises Refusal.

    A number that the datatype cannot hold is an infinity that overflowed in a float, and refused in an integer.
    """
    if not isinstance(data, list):
        raise TensorError(field, "holds no `data`; send its values in it, or as raw bytes with `binary_data_size`")
    values, sent = _floats(field, datatype, data) if datatype in _FLOATS else _plain(field, datatype, data)
    if values.size != size:
        raise TensorError(field, f"holds {values.size:,} values; its shape says {size:,}")
    return values, sent


def _numbers(datatype: str) -> str:
    return _INTEGERS.get(datatype) or _FLOATS[datatype]


def _floats(field: str, datatype: str, data: list[Any]) -> Cells:
    wide = tensor_of(field, "", [data], BATCH)  # one row: the rows are in the shape
    if wide.values.dtype.kind not in "fi":
        raise TensorError(field, f"holds a value that is not {datatype}; send numbers, NaN, infinities or null")
    sent = np.zeros(wide.values.size, np.uint8) if wide.sent is None else wide.sent.ravel()
    exact = wide.values.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        values = exact.astype(_FLOATS[datatype])
    sent[np.isfinite(exact) & ~np.isfinite(values)] = Sent.OVERFLOW
    return values, sent


def _plain(field: str, datatype: str, data: list[Any]) -> Cells:
    """Integers, booleans and texts, with 0, False or "" where null was."""
    cells = np.array(data, dtype=object).ravel()
    missing = np.fromiter((cell is None for cell in cells), bool, cells.size)
    wanted, empty = {"BOOL": ((bool,), False), "BYTES": ((str, bytes), "")}.get(datatype, ((int,), 0))
    if not all(type(cell) in wanted for cell in cells[~missing]):
        raise TensorError(field, f"holds a value that is not {datatype}, or lists of different lengths")
    cells[missing] = empty
    codes = missing.astype(np.uint8)  # Sent.MISSING is 1
    if datatype == "BYTES":
        check_text(field, (cell for cell in cells if isinstance(cell, str)))
        values, sent = text_or_bytes(field, [c.encode() if isinstance(c, str) else c for c in cells], BATCH)
        return values, codes if sent is None else codes | sent
    dtype = np.dtype("?" if datatype == "BOOL" else _INTEGERS[datatype])
    try:
        return np.array(cells.tolist(), dtype), codes
    except OverflowError:
        raise TensorError(field, f"holds a number that {datatype} cannot hold") from None


def _lengths_and_bytes(field: str, size: int, raw: memoryview) -> list[bytes]:
    """Each text follows its length in 4 bytes."""
    BATCH.check_texts(field, size)
    texts: list[bytes] = []
    offset = 0
    while offset + 4 <= len(raw) and len(texts) < size:
        (length,) = struct.unpack_from("<I", raw, offset)
        texts.append(bytes(raw[offset + 4 : offset + 4 + length]))
        offset += 4 + length
    if len(texts) != size or offset != len(raw):
        raise Malformed(field, f"declares {size:,} texts, and its bytes hold fewer or more")
    return texts
