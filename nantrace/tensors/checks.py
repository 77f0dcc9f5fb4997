"""Rules that hold for the tensors of every wire format."""

import base64
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.limits import MAX_NAME, MAX_RANK, MAX_TENSORS, TableLimits
from nantrace.tensors.refusals import TooLarge
from nantrace.tensors.tensor import Array, Sent, Tensor, TensorError, Tensors


def check_name(field: str, name: str) -> None:
    """Names are printable, as Keras' own are; raises TensorError."""
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise TensorError(field, f"the name {name[:40]!r} must be 1 to {MAX_NAME} printable characters")


def check_shape(field: str, shape: tuple[int, ...], limits: TableLimits) -> None:
    """At least one row and one value, and no more rows and axes than the limits; raises Refusal."""
    if not shape:
        raise TensorError(field, "is a single value; send a list with one entry per row")
    if len(shape) > MAX_RANK:
        raise TooLarge(field, f"has {len(shape)} axes; the limit is {MAX_RANK}")
    if shape[0] == 0:
        raise TensorError(field, "holds no rows; send at least one")
    if 0 in shape:
        raise TensorError(field, f"has shape {list(shape)}: its rows hold no values")
    limits.check_rows(field, shape[0])


def check_text(field: str, texts: Iterable[str]) -> None:
    """Texts survive storage exactly: Unicode, no lone surrogates, no NUL at the end; raises TensorError."""
    for text in texts:
        if text.endswith("\0"):
            raise TensorError(field, "holds a text that ends in a NUL character, which cannot be kept")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise TensorError(field, "holds a text with a lone surrogate, which is not Unicode") from None


def check_code_points(field: str, texts: Array) -> None:
    """The same for a `U` array of any bytes, whose code points may be impossible."""
    codes = np.ascontiguousarray(texts).view(np.uint32)
    if ((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))).any():
        raise TensorError(field, "holds characters that are not Unicode")


def text_array(field: str, texts: Array, limits: TableLimits) -> Array:
    """An object array of `str` as a `U` array of the same shape, measured before it is allocated."""
    check_text(field, texts.flat)
    longest = max((len(text) for text in texts.flat), default=0) or 1
    limits.check_bytes(field, texts.size * longest * 4)
    return texts.astype(f"U{longest}")


def text_or_bytes(field: str, cells: Sequence[bytes], limits: TableLimits) -> tuple[Array, NDArray[np.uint8] | None]:
    """Flat cells of bytes as texts where they are UTF-8, else as base64, and the `Sent` codes where there are others.

    No array of text keeps a NUL at the end: such bytes count as none.
    """
    texts = [_text_of(cell) for cell in cells]
    coded = np.empty(len(cells), dtype=object)
    coded[:] = [base64.b64encode(c).decode() if text is None else text for c, text in zip(cells, texts, strict=True)]
    sent = np.array([Sent.BYTES if text is None else Sent.VALUE for text in texts], np.uint8)
    return text_array(field, coded, limits), sent if sent.any() else None


def _text_of(cell: bytes) -> str | None:
    try:
        text = cell.decode()
    except UnicodeDecodeError:
        return None
    return None if text.endswith("\0") else text


def gathered(field: str, tensors: list[Tensor], limits: TableLimits) -> Tensors:
    """The tensors as one batch; raises Refusal when they are none, too many, or differ in rows."""
    if not tensors:
        raise TensorError(field, "holds no tensors; send at least one")
    if len(tensors) > MAX_TENSORS:
        raise TooLarge(field, f"holds {len(tensors)} tensors; the limit is {MAX_TENSORS}")
    first = tensors[0]
    for other in tensors[1:]:
        if other.rows != first.rows:
            raise TensorError(f"{field}.{other.name}", f"has {other.rows} rows, {field}.{first.name} has {first.rows}")
    limits.check_bytes(field, sum(tensor.values.nbytes for tensor in tensors))
    return Tensors.of(*tensors)
