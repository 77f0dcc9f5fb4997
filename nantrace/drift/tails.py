"""The cells of a tensor outside the reference's range: extremes and summed distances."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nantrace.drift.exact_sums import ExactSums, exact_sums
from nantrace.drift.layout import TensorLayout
from nantrace.drift.tensor_window import Counts, Tail

Floats = NDArray[np.float64]

LARGEST = np.finfo(np.float64).max
EXTREME_BITS = 24
DROPPED_BITS = 41  # of the 53 of a distance


def tails_of(layout: TensorLayout, numbers: NDArray[Any], rows: int, below: Counts, above: Counts) -> tuple[Tail, Tail]:
    """Both tails of numbers (cells, features).

    `below` and `above` (segments, features): how many of each segment of `rows` cells are finite and outside.
    """
    features, counts = layout.features, np.concatenate([below.sum(axis=0), above.sum(axis=0)])
    used = np.flatnonzero(counts)
    if layout.text or not len(used):
        return Tail.empty(features), Tail.empty(features)
    cells, starts = _outside(layout, numbers, rows, below, above), (np.cumsum(counts) - counts)[used]
    outward = np.where(used < features, -1.0, 1.0)
    lowest, highest = np.full(2 * features, np.inf), np.full(2 * features, -np.inf)
    lowest[used] = _away(np.minimum.reduceat(cells, starts), outward)
    highest[used] = _away(np.maximum.reduceat(cells, starts), outward)
    limits = np.concatenate([layout.moments.minimum, layout.moments.maximum])
    sums = exact_sums(_distances(cells, np.repeat(limits, counts)), counts)
    left, right = (
        Tail(lowest[side], highest[side], ExactSums(sums.top[side], sums.digits[side]))
        for side in (slice(features), slice(features, None))
    )
    return left, right


def _outside(layout: TensorLayout, numbers: NDArray[Any], rows: int, below: Counts, above: Counts) -> Floats:
    """The cells of the lower tails, then of the upper ones, feature after feature."""
    limits = layout.boundaries(numbers.dtype)
    (low, left), (high, right) = (_segments(numbers, rows, side) for side in (below, above))
    with np.errstate(invalid="ignore"):
        low = low[(low < limits.first[left, None]) & (low > -np.inf)]
        high = high[(high >= limits.last[right, None]) & (high < np.inf)]
    return np.concatenate([low, high]).astype(np.float64)


def _segments(numbers: NDArray[Any], rows: int, counts: Counts) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """The segments that count anything, (segments, cells) feature after feature, and the feature of each."""
    features, places = np.nonzero(counts.T)
    length = min(rows, len(numbers))
    starts = np.minimum(places * rows, len(numbers) - length)
    found = sliding_window_view(numbers, length, axis=0)[starts, features]
    found[np.arange(length) < (places * rows - starts)[:, None]] = np.nan  # the last segment is shorter than the others
    return found, features


def _distances(cells: Floats, limits: Floats) -> Floats:
    """How far cells lie from the limits, in 12 leading bits (denormals in fewer).

    Rounded as integers, which takes a third of the time.
    """
    with np.errstate(over="ignore"):
        distances = np.abs(cells - limits)
    bits = distances.view(np.int64)
    bits += 1 << DROPPED_BITS - 1
    bits &= -(1 << DROPPED_BITS)
    return np.minimum(distances, LARGEST)


def _away(extremes: Floats, outward: Floats) -> Floats:
    """Numbers of 24 bits, lower where `outward` is -1, else higher: short to store, and the same for equal ones."""
    fractions, exponents = np.frexp(extremes)
    with np.errstate(over="ignore"):
        short = np.ldexp(outward * np.ceil(outward * fractions * 2.0**EXTREME_BITS), exponents - EXTREME_BITS)
    return np.asarray(np.clip(short, -LARGEST, LARGEST) + 0.0)  # -0.0 would make a sum depend on its order
