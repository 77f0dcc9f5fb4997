"""Sequences and masks with no valid position: does one valid position cure the row?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensor, Tensors
from monitoring.diagnosis.case import Case, Mask
from monitoring.diagnosis.cells import limits
from monitoring.diagnosis.edits import Edit

Array = NDArray[Any]


def valid_position(case: Case, rows: Tensors, healthy: Tensors) -> Edit:
    """The first position of every empty sequence or mask becomes one that the model knows."""
    values: dict[str, Array] = {}
    cells: dict[str, Mask] = {}
    for tensor in rows:
        empty = _empty_rows(case, tensor)
        cells[tensor.name] = _first_position(tensor, empty)
        values[tensor.name] = np.broadcast_to(_valid(case, tensor, healthy), tensor.values.shape)
    return Edit("valid_position", "mask_empty", values, cells, "empty sequences got one valid position")


def _empty_rows(case: Case, tensor: Tensor) -> Mask:
    """Rows of tokens, of a mask or of a series that hold the padding value only."""
    values = tensor.values
    flat = values.reshape(tensor.rows, -1)
    if not flat.shape[1] or values.dtype.kind == "U":
        return np.zeros(tensor.rows, bool)
    if values.ndim == 2 and values.dtype.kind in "iub" and flat.shape[1] > 1:
        return np.asarray((flat == 0).all(axis=1))
    if values.dtype.kind in "iub" and len(case.inputs) > 1:  # the length of a sequence in another input
        return np.asarray((flat == 0).all(axis=1))
    if _is_mask(case, tensor):
        return np.asarray((flat == 0).all(axis=1))
    if values.ndim == 3:
        return np.asarray((flat == flat[:, :1]).all(axis=1))
    return np.zeros(tensor.rows, bool)


def _is_mask(case: Case, tensor: Tensor) -> bool:
    """Whether the reference knows 0 and 1 only."""
    known = [case.feature_reference(tensor.name, i) for i in range(case.width(tensor.name))]
    return bool(known) and all(
        one is not None and one.distinct is not None and set(one.distinct) <= {0, 1} for one in known
    )


def _first_position(tensor: Tensor, empty: Mask) -> Mask:
    """The cells of position 0 in empty rows: one cell of a sequence or mask, all channels of a series."""
    cells = np.zeros(tensor.values.shape, bool)
    if tensor.values.ndim == 1:
        cells[empty] = True
    else:
        cells[empty, 0] = True
    return cells


def _valid(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    if tensor.values.dtype.kind == "b" or _is_mask(case, tensor):
        return np.asarray(1, tensor.values.dtype)
    if tensor.values.dtype.kind in "iu":
        used = healthy.by_name[tensor.name].values if healthy.rows else np.zeros(0, np.int64)
        used = used[used != 0]
        return np.asarray(used[0] if used.size else 1, tensor.values.dtype)
    typical = limits(case, tensor.name).mean
    return np.where(np.isfinite(typical), typical, 1.0) + 1e-3  # not the padding value, should the mean be it
