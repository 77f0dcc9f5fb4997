"""Takes the statistics of a reference: what the model's inputs looked like in training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.reference import FeatureReference, InputReference, Reference
from nantrace.tensors.tensor import Tensor, Tensors

MAX_DISTINCT = 20
COUNTED = 10_000


def take_reference(tensors: Tensors) -> Reference:
    """The statistics of training inputs exactly as the model received them."""
    return Reference(tensors.rows, {tensor.name: _input_reference(tensor) for tensor in tensors})


def _input_reference(tensor: Tensor) -> InputReference:
    values = tensor.values
    if values.dtype.kind == "U":
        return InputReference(list(values.shape[1:]), "U", [_text_reference(tensor)])
    pooled = values.dtype.kind in "iub" or values.ndim < 2  # one vocabulary for all positions of integers
    columns = values.reshape(-1, 1) if pooled else values.reshape(-1, values.shape[-1])
    absent = tensor.missing().reshape(columns.shape)
    features = [_number_reference(columns[:, i], absent[:, i]) for i in range(columns.shape[1])]
    return InputReference(list(values.shape[1:]), values.dtype.kind, features)


def _number_reference(column: NDArray[Any], absent: NDArray[np.bool_]) -> FeatureReference:
    numbers = column.astype(np.float64)
    gone = absent | np.isnan(numbers)
    known = numbers[~gone & np.isfinite(numbers)]
    if not len(known):
        return FeatureReference(None, None, None, None, None, float(gone.mean()) if len(gone) else 0.0)
    distinct = np.unique(known[:COUNTED])
    few = len(distinct) <= MAX_DISTINCT and np.isin(known, distinct).all()
    with np.errstate(over="ignore"):
        spread = float(known.std())
    return FeatureReference(
        min=float(known.min()),
        max=float(known.max()),
        mean=float(known.mean()),
        std=spread if np.isfinite(spread) else None,
        median=float(np.median(known)),
        missing_rate=float(gone.mean()),
        distinct=distinct.tolist() if few else None,
    )


def _text_reference(tensor: Tensor) -> FeatureReference:
    texts = np.unique(tensor.values.ravel()[:COUNTED])
    known = texts.tolist() if len(texts) <= MAX_DISTINCT else None
    return FeatureReference(None, None, None, None, None, float(tensor.missing().mean()), known)
