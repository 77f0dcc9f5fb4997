"""Do two computations of the same rows give the same answer?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.tensor import Array

SLICE_CELLS = 1_000_000  # compared at once: each takes some fifty bytes meanwhile


@dataclass(frozen=True)
class Tolerance:
    """Two numbers are the same where they differ by at most `absolute` + `relative` times the second."""

    relative: float
    absolute: float


SAME_PRECISION = Tolerance(1e-4, 1e-6)
"""Of other kernels, which add up in another order: float32 rounds by 6e-8 in each operation, and the error of a sum of
n numbers grows with n at most (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 4.2)."""
OTHER_PRECISION = Tolerance(1e-2, 1e-4)
"""Of float32 and float64, where the rounding errors of many layers add up."""
LOW_PRECISION = Tolerance(5e-2, 1e-2)
"""Of float16 or bfloat16, which keep 11 and 8 bits of a number, and float64."""


def differing_rows(one: Array, other: Array, tolerance: Tolerance) -> NDArray[np.bool_]:
    """Rows in which two arrays of one shape (rows, ...) differ, shape (rows,).

    Floats may differ within the tolerance, NaN is the same as NaN, and an infinity as the same infinity. Everything
    else must be equal.
    """
    step = max(1, SLICE_CELLS * len(one) // max(one.size, 1))
    starts = range(0, max(len(one), 1), step)
    return np.concatenate([_differing(one[i : i + step], other[i : i + step], tolerance) for i in starts])


def _differing(one: Array, other: Array, tolerance: Tolerance) -> NDArray[np.bool_]:
    if one.dtype.kind in "fV":  # numpy knows bfloat16 as a kind of its own
        wide = one.astype(np.float64), other.astype(np.float64)
        same = np.isclose(*wide, rtol=tolerance.relative, atol=tolerance.absolute, equal_nan=True)
    else:
        same = one == other
    return np.asarray(~same.reshape(len(one), -1).all(axis=1))
