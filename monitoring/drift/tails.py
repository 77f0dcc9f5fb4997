"""The cells of a tensor outside the reference's range: extremes and summed distances."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.exact_sums import ExactSums, exact_sums
from monitoring.drift.layout import TensorLayout
from monitoring.drift.tensor_window import Counts, Tail

Floats = NDArray[np.float64]

LARGEST = np.finfo(np.float64).max
EXTREME_BITS, DISTANCE_BITS = 24, 12


def tails_of(layout: TensorLayout, numbers: NDArray[Any], below: Counts, above: Counts) -> tuple[Tail, Tail]:
    """Both tails of numbers (cells, features), of which `below` and `above` (features,) are finite and outside."""
    features, counts = layout.features, np.concatenate([below, above])
    used = np.flatnonzero(counts)
    if layout.text or not len(used):
        return Tail.empty(features), Tail.empty(features)
    cells, starts = _outside(layout, numbers, below, above), (np.cumsum(counts) - counts)[used]
    outward = np.where(used < features, -1.0, 1.0)
    lowest, highest = np.full(2 * features, np.inf), np.full(2 * features, -np.inf)
    lowest[used] = _away(np.minimum.reduceat(cells, starts), outward)
    highest[used] = _away(np.maximum.reduceat(cells, starts), outward)
    limits = np.concatenate([layout.moments.minimum, layout.moments.maximum])
    with np.errstate(over="ignore"):
        distances = np.minimum(np.abs(cells - np.repeat(limits, counts)), LARGEST)
    sums = exact_sums(_shortened(distances, DISTANCE_BITS, np.rint), counts)
    left, right = (
        Tail(lowest[side], highest[side], ExactSums(sums.top[side], sums.digits[side]))
        for side in (slice(features), slice(features, None))
    )
    return left, right


def _outside(layout: TensorLayout, numbers: NDArray[Any], below: Counts, above: Counts) -> Floats:
    """The cells of the lower tails, then of the upper ones, feature after feature."""
    left, right = np.flatnonzero(below), np.flatnonzero(above)
    low, high, limits = numbers.T[left], numbers.T[right], layout.boundaries(numbers.dtype)
    with np.errstate(invalid="ignore"):
        low = low[(low < limits.first[left, None]) & (low > -np.inf)]
        high = high[(high >= limits.last[right, None]) & (high < np.inf)]
    return np.concatenate([low, high]).astype(np.float64)


def _away(extremes: Floats, outward: Floats) -> Floats:
    """Shorter numbers, down where `outward` is -1 and up where it is 1."""
    return _shortened(extremes, EXTREME_BITS, lambda numbers: outward * np.ceil(outward * numbers))


def _shortened(numbers: Floats, bits: int, rounded: Callable[[Floats], Floats]) -> Floats:
    """The numbers with so many leading bits: shorter to store, and still the same for equal cells."""
    fractions, exponents = np.frexp(numbers)
    with np.errstate(over="ignore"):
        short = np.ldexp(rounded(fractions * 2.0**bits), exponents - bits)
    return np.asarray(np.clip(short, -LARGEST, LARGEST) + 0.0)  # -0.0 would make a sum depend on its order
