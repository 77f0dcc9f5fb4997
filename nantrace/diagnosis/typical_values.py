"""A value that the model has seen often, for a cell that holds none: the reference's, or that of rows that pass."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.cells import limits
from nantrace.tensors.tensor import Tensor, Tensors

Array = NDArray[Any]


def typical(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    """The reference's mean of each feature, else the median of the rows `healthy`; broadcast to the tensor's shape."""
    shape = tensor.values.shape
    if tensor.values.dtype.kind == "U":
        return np.broadcast_to(_typical_text(case, tensor, healthy), shape)
    middle = limits(case, tensor.name).mean
    if not np.isfinite(middle).all():
        middle = np.where(np.isfinite(middle), middle, _medians(case, tensor.name, healthy))
    if tensor.values.dtype.kind in "iub":
        middle = np.round(middle)
    return np.broadcast_to(middle, shape)


def _typical_text(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    known = case.feature_reference(tensor.name, 0)
    choices = [text for text in (known.distinct or [] if known else []) if text]
    if not choices and healthy.rows:
        texts = healthy.by_name[tensor.name].values.ravel()
        choices = [str(text) for text in texts if text][:1]
    return np.array(choices[0] if choices else "0")


def _medians(case: Case, name: str, healthy: Tensors) -> Array:
    width = case.width(name)
    if not healthy.rows:
        return np.zeros(width)
    columns = healthy.by_name[name].values.astype(np.float64).reshape(-1, width)
    return np.array([_median(columns[:, i]) for i in range(width)])


def _median(column: Array) -> float:
    finite = column[np.isfinite(column)]
    return float(np.median(finite)) if finite.size else 0.0
