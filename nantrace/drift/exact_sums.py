"""Sums of floats that do not depend on the order of adding: the same rows give the same sum however they were split.

A float sum rounds at every step, so merged windows would differ in their last digits from a window counted at once.
Here a number is cut into digits of base 2**28 at fixed places, and each place is summed in integers; kept are the two
places from the largest number downwards. Lost are digits below 2**-28 of the largest number.
Source: Demmel and Nguyen, "Parallel reproducible summation", IEEE Transactions on Computers 64 (2015).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PLACES = 2
BITS = 28
LOWEST = -128  # below the place of any float


@dataclass(frozen=True)
class ExactSums:
    """One sum for each feature: `top` (features,) the highest place in use, `digits` (features, 2) int64 from it down.

    Exact up to 2**35 numbers in a sum. A sum of nothing but zeros has the lowest `top`.
    """

    top: NDArray[np.int64]
    digits: NDArray[np.int64]

    @classmethod
    def empty(cls, features: int) -> "ExactSums":
        return cls(np.full(features, LOWEST), np.zeros((features, PLACES), np.int64))

    def __add__(self, other: "ExactSums") -> "ExactSums":
        top = np.maximum(self.top, other.top)
        return ExactSums(top, _lowered(self, top) + _lowered(other, top))

    def totals(self) -> NDArray[np.float64]:
        """The sums as floats, the largest float where a sum is beyond it, shape (features,)."""
        places = (self.top[:, None] - np.arange(PLACES)) * BITS
        with np.errstate(over="ignore", under="ignore"):
            parts = np.ldexp(self.digits.astype(np.float64), np.clip(places, -(2**15), 2**15).astype(np.int32))
            return np.asarray(np.minimum(parts.sum(axis=1), np.finfo(np.float64).max))


def exact_sums(numbers: NDArray[np.float64], lengths: NDArray[np.int64]) -> ExactSums:
    """Sums of consecutive segments of finite, non-negative `numbers` (n,); segment i has `lengths[i]` numbers."""
    sums = ExactSums.empty(len(lengths))
    used = np.flatnonzero(lengths)
    starts = (np.cumsum(lengths) - lengths)[used]
    if not len(used):
        return sums
    largest = np.maximum.reduceat(numbers, starts)
    top = np.where(largest > 0, (np.frexp(largest)[1].astype(np.int64) - 1) // BITS, LOWEST)
    scale = np.repeat(np.exp2(np.where(largest > 0, top, 0) * (-BITS / 2)), lengths[used])
    rest = numbers * scale * scale  # the square of the scale may be beyond the floats
    sums.top[used] = top
    for i in range(PLACES):
        whole = np.floor(rest)
        sums.digits[used, i] = np.add.reduceat(whole.astype(np.int64), starts)
        rest = (rest - whole) * 2.0**BITS
    return sums


def _lowered(sums: ExactSums, top: NDArray[np.int64]) -> NDArray[np.int64]:
    """The digits of `sums` as seen from a `top` that is not lower."""
    steps = (top - sums.top)[:, None]
    if not steps.any():
        return sums.digits
    one_lower = np.zeros_like(sums.digits)
    one_lower[:, 1:] = sums.digits[:, :-1]
    return np.asarray(np.where(steps == 0, sums.digits, np.where(steps == 1, one_lower, 0)))
