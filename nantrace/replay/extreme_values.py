"""Finite numbers that stand for a bad value: what MaxPool and its like make of windows of NaN."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
EXTREME = 0.75  # of the decades of a dtype: how far a number made of a bad value is still followed


def extreme_values(array: NDArray[Any], finite: Mask, dtype: Any) -> Mask | None:
    """Which finite numbers lie beyond EXTREME of the decades of their TensorFlow `dtype`; None where none does.

    `finite`: which are finite, of the shape of the array.
    """
    limit = _limit(dtype)
    with np.errstate(invalid="ignore"):
        if not array.size or not _reaches(array, limit):
            return None
        found = np.asarray((np.abs(array) > limit) & finite)
    return found if found.any() else None


@cache
def _limit(dtype: Any) -> float:
    return float(float(dtype.real_dtype.max) ** EXTREME)


def _reaches(array: NDArray[Any], limit: float) -> bool:
    """Whether a number that is not NaN is beyond the limit, infinities included; asked of all that a trace meets."""
    if np.iscomplexobj(array):
        return True
    return bool(max(np.fmax.reduce(array, axis=None), -np.fmin.reduce(array, axis=None)) > limit)
