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
    """Rows of tokens or of a series whose positions are all alike, and masks and lengths that are all 0."""
    values = tensor.values
    flat = values.reshape(tensor.rows, -1)
    none = np.zeros(tensor.rows, bool)
    if not flat.shape[1] or values.dtype.kind == "U":
        return none
    if _is_mask(case, tensor):
        return np.asarray((flat == 0).all(axis=1))
    if values.dtype.kind in "iub":
        if flat.shape[1] > 1:
            return np.asarray((flat == flat[:, :1]).all(axis=1))  # padding need not be 0
        return np.asarray((flat == 0).all(axis=1)) if len(case.inputs) > 1 else none  # a sequence's length
    return np.asarray((flat == flat[:, :1]).all(axis=1)) if values.ndim == 3 else none


def _is_mask(case: Case, tensor: Tensor) -> bool:
    """Whether an input holds 0 and 1 only, one for each position of another input's sequence."""
    if tensor.values.ndim != 2 or tensor.values.dtype.kind not in "fiub":
        return False
    others = [one.values for one in case.inputs if one.name != tensor.name]
    sequences = [values for values in others if values.ndim >= 3 or values.dtype.kind in "iu"]
    beside = any(values.shape[1:2] == tensor.values.shape[1:] for values in sequences)
    return beside and bool(np.isin(case.inputs.by_name[tensor.name].values, (0, 1)).all())


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
        common, counts = np.unique(used, return_counts=True)
        order = [int(token) for token in common[np.argsort(-counts)][:2]] or [1]
        padding = tensor.values.reshape(tensor.rows, -1)[:, :1]
        other = np.where(padding == order[0], order[-1] if len(order) > 1 else order[0] + 1, order[0])
        return other.reshape(-1, *([1] * (tensor.values.ndim - 1))).astype(tensor.values.dtype)
    typical = limits(case, tensor.name).mean
    return np.where(np.isfinite(typical), typical, 1.0) + 1e-3  # not the padding value, should the mean be it
