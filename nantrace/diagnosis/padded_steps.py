"""Sequences that were padded with nothing, where the model's `keras.layers.Masking` skips steps of a certain value."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.cells import missing
from nantrace.tensors.tensor import Tensor

Array = NDArray[Any]
PADDING_CODE = """\
import numpy as np

gone = np.isnan(rows).all(axis=-1)  # steps that hold nothing
padding = np.logical_and.accumulate(gone, axis=1) | np.logical_and.accumulate(gone[:, ::-1], axis=1)[:, ::-1]
padding &= ~gone.all(axis=1, keepdims=True)  # a row of nothing else has no step to answer for
rows = np.where(padding[..., None], {value!r}, rows)  # which the Masking layer skips"""


def mask_value(case: Case, name: str) -> float | None:
    """What the Masking layer right behind an input skips; None where there is no such layer."""
    specs = case.model.inputs
    return next((one.get("mask_value") for one in specs if len(specs) == 1 or one["name"] == name), None)


def padded_steps(case: Case, tensor: Tensor) -> Mask:
    """Cells of wholly missing steps at an end of a sequence that a Masking layer reads, in the shape of the values.

    None are in a row that holds nothing else: with every step skipped, a layer behind has nothing to answer from.
    """
    values = tensor.values
    if mask_value(case, tensor.name) is None or values.ndim != 3 or values.dtype.kind != "f":
        return np.zeros(values.shape, bool)
    gone: Mask = np.asarray(missing(tensor).all(axis=2))
    ends = np.logical_and.accumulate(gone, axis=1) | np.logical_and.accumulate(gone[:, ::-1], axis=1)[:, ::-1]
    padded = ends & ~gone.all(axis=1, keepdims=True)
    return np.broadcast_to(padded[..., None], values.shape)


def with_padding(case: Case, tensor: Tensor, values: Array) -> Array:
    """The values of a change, but for padded steps what the Masking layer skips."""
    skipped, padded = mask_value(case, tensor.name), padded_steps(case, tensor)
    return values if skipped is None or not padded.any() else np.where(padded, skipped, values)
