"""Counts the cells of one tensor in the bins of its layout, exactly.

Of the cells outside the range of the reference it also keeps the extremes and the summed distances.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nantrace.drift.boundaries import Boundaries, nearest_float32
from nantrace.drift.columns import Columns
from nantrace.drift.exact_sums import ExactSums, exact_sums
from nantrace.drift.layout import TensorLayout
from nantrace.drift.window import Counts, Tail, TensorWindow
from nantrace.tensors.tensor import Sent

Array = NDArray[Any]
Floats = NDArray[np.float64]
CODES = max(Sent) + 1
LARGEST = np.finfo(np.float64).max
EXTREME_BITS = 24
DROPPED_BITS = 41  # of the 53 of a distance


def count_columns(layout: TensorLayout, columns: Columns) -> TensorWindow:
    """The window of these cells, which fit the layout."""
    numbers = _numbered(layout, columns) if columns.text else columns.values
    sent_as = np.zeros((layout.features, CODES), np.int64)
    if columns.sent is not None:
        numbers, sent_as = _set_aside(numbers, columns.sent)
    missing, overflowed = sent_as[:, Sent.MISSING] + sent_as[:, Sent.TEXT], sent_as[:, Sent.OVERFLOW]
    boundaries = layout.boundaries(numbers.dtype)
    positions, steps, below, above = _summed(layout, boundaries, numbers)
    bins: Counts = np.diff(positions, axis=1, prepend=0)  # -Inf, every bin, +Inf
    left, right = _tails_of(layout, numbers, boundaries.rows, below, above)
    return TensorWindow(
        cells=len(numbers),
        mistyped=0,
        bins=bins[:, 1:-1],
        steps=steps - bins[:, -1] * layout.range_positions.full,
        missing=missing,
        nan=len(numbers) - positions[:, -1] - missing - overflowed,
        positive_infinite=bins[:, -1],
        negative_infinite=bins[:, 0],
        overflowed=overflowed,
        below=left,
        above=right,
    )


def _summed(layout: TensorLayout, boundaries: Boundaries, numbers: Array) -> tuple[Counts, Counts, Counts, Counts]:
    """Cells below each boundary (features, boundaries), steps (features,), and the two counts `_tails_of` asks for."""
    positions, steps = np.zeros((layout.features, layout.bins + 2), np.int64), np.zeros(layout.features, np.int64)
    starts = range(0, len(numbers) if layout.features else 0, boundaries.rows)
    below, above = np.zeros((2, len(starts), layout.features), np.int64)
    for i, start in enumerate(starts):
        some = numbers[start : start + boundaries.rows]
        near = nearest_float32(some)
        found = boundaries.positions(some, near)
        positions += found
        steps += layout.range_positions.steps(near)
        below[i], above[i] = found[:, 1] - found[:, 0], found[:, -2] - found[:, -3]
    return positions, steps, below, above


def _set_aside(numbers: Array, sent: NDArray[np.uint8]) -> tuple[Array, Counts]:
    """The numbers with NaN for each cell that was not sent as a value, and how many of each code, (features, codes)."""
    places = np.flatnonzero(sent != Sent.VALUE)
    kept, features = numbers.copy(), numbers.shape[1]
    kept.ravel()[places] = np.nan
    coded = places % max(features, 1) * CODES + sent.ravel()[places]
    return kept, np.bincount(coded, minlength=features * CODES).reshape(features, CODES)


def _numbered(layout: TensorLayout, columns: Columns) -> Array:
    """Texts as the codes of their features, float32."""
    each = [texts.codes(columns.values[:, i]) for i, texts in enumerate(layout.texts)]
    return np.array(each, np.float32).reshape(len(each), -1).T


def _tails_of(
    layout: TensorLayout, numbers: NDArray[Any], rows: int, below: Counts, above: Counts
) -> tuple[Tail, Tail]:
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
