"""The inputs of a model, and the arrays that they take, made from the tensors that serving code posted.

Needs no TensorFlow.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.tensor import Sent, Tensor, Tensors
from nantrace.tensors.text_numbers import with_numbers

Array = NDArray[Any]


@dataclass(frozen=True)
class InputSpec:
    """One input: `dtype` as TensorFlow names it, shape with the batch axis first, None for axes of any size.

    `mask_value`: what a Masking layer right behind it skips, None without one.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
    mask_value: float | None = None

    @property
    def numpy_dtype(self) -> np.dtype[Any] | None:
        """The dtype of arrays for this input, None for text. bfloat16 comes from ml_dtypes."""
        if self.dtype == "string":
            return None
        if self.dtype == "bfloat16":
            import ml_dtypes

            bfloat16: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
            return bfloat16
        return np.dtype(self.dtype)


class UnfeedableError(Exception):
    """No row of the batch fits the model; the text says why, in a sentence."""


class UnnamedInputError(UnfeedableError):
    """An input has no tensor of its name: whatever the model was asked with, it was not these rows as they are."""


@dataclass(frozen=True)
class Feed:
    """Arrays in the order of the model's inputs, and rows whose own content does not fit, with the reason."""

    arrays: list[Array]
    refused: dict[int, str] = field(default_factory=dict)


def feed(tensors: Tensors, specs: Sequence[InputSpec]) -> Feed:
    """Casts each tensor to its input's dtype; raises UnfeedableError where names or shapes cannot fit."""
    refused: dict[int, str] = {}
    arrays = []
    for tensor, spec in _pairs(tensors, specs):
        array, bad = _cast(tensor, spec)
        for row, reason in bad.items():
            refused.setdefault(row, reason)
        arrays.append(_with_rank(array, spec))
    return Feed(arrays, refused)


def _pairs(tensors: Tensors, specs: Sequence[InputSpec]) -> list[tuple[Tensor, InputSpec]]:
    if len(specs) == 1 and len(tensors) == 1:
        return [(next(iter(tensors)), specs[0])]
    missing = [spec.name for spec in specs if spec.name not in tensors.by_name]
    if missing:
        raise UnnamedInputError(
            f"the rows have no tensor for the input {missing[0]!r}; they have "
            f"{', '.join(sorted(tensors.by_name)) or 'none'}: post an array for each input of the model, under its name"
        )
    return [(tensors.by_name[spec.name], spec) for spec in specs]


def _with_rank(array: Array, spec: InputSpec) -> Array:
    """One axis of size 1 more or less at the end, as Keras itself allows."""
    if spec.shape is not None and len(spec.shape) == array.ndim + 1 and spec.shape[-1] == 1:
        return array[..., None]
    if spec.shape is not None and len(spec.shape) == array.ndim - 1 and array.shape[-1] == 1:
        return _with_rank(array[..., 0], spec)
    if spec.shape is not None and len(spec.shape) != array.ndim:
        raise UnfeedableError(_misfit(spec, array))
    if spec.shape is not None and any(
        known not in (None, given) for known, given in zip(spec.shape[1:], array.shape[1:], strict=True)
    ):
        raise UnfeedableError(_misfit(spec, array))
    return array


def _misfit(spec: InputSpec, array: Array) -> str:
    wanted = "(" + ", ".join("any" if size is None else str(size) for size in spec.shape or ()) + ")"
    return f"the input {spec.name!r} takes the shape {wanted}, the rows have {array.shape}"


def _cast(tensor: Tensor, spec: InputSpec) -> tuple[Array, dict[int, str]]:
    wanted = spec.numpy_dtype
    if wanted is None:  # a string input takes any value as its text
        return _texts(tensor), {}
    tensor = with_numbers(tensor)
    texts = tensor.unread().reshape(tensor.rows, -1).any(axis=1)
    refused = dict.fromkeys(np.flatnonzero(texts).tolist(), f"the numeric input {spec.name!r} holds text")
    if wanted.kind in "iu":
        whole, bad = _integers(tensor, spec.name, wanted)
        return whole, {**bad, **refused}
    with np.errstate(over="ignore", invalid="ignore"):
        return tensor.values.astype(wanted, copy=False), refused


def _texts(tensor: Tensor) -> Array:
    """Unicode, or objects of bytes where a cell was sent as bytes."""
    values = tensor.values.astype("U")
    if tensor.sent is None or not tensor.holds_bytes():
        return values
    sent = zip(values.ravel().tolist(), tensor.sent.ravel().tolist(), strict=True)
    cells = [b64decode(text) if code == Sent.BYTES else text.encode() for text, code in sent]
    fed = np.empty(len(cells), dtype=object)
    fed[:] = cells
    return fed.reshape(values.shape)


def _integers(tensor: Tensor, name: str, wanted: np.dtype[Any]) -> tuple[Array, dict[int, str]]:
    limits = np.iinfo(wanted)
    values = tensor.values
    fits = tensor.missing() == 0
    if values.dtype.kind == "f":
        fits &= np.isfinite(values) & (values >= limits.min) & (values <= limits.max)
    elif values.dtype.kind in "iu":
        fits &= (values >= limits.min) & (values <= limits.max)
    whole = np.where(fits, values, 0).astype(wanted)
    bad = ~fits.reshape(tensor.rows, -1).all(axis=1)
    reason = f"the integer input {name!r} holds a missing, non-finite or too large value"
    return whole, {int(row): reason for row in np.flatnonzero(bad)}
