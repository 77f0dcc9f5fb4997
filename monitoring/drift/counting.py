"""Counts cells in the bins of a layout, exactly, by sorting.

A few hundred numbers of one feature are sorted while they are in the processor's nearest cache, where a sorting network
on vector registers takes less time than finding each number's bin; the position of every edge among them is then
its cumulative count. Nothing depends on how the edges are spaced, so heavy tails cost nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Sent
from monitoring.drift.columns import Columns, codes
from monitoring.drift.exact_sums import exact_sums
from monitoring.drift.layout import TensorLayout
from monitoring.drift.tensor_window import Tail, TensorWindow

SORTED_BYTES = 2048

Array = NDArray[Any]
Counts = NDArray[np.int64]


def count_columns(layout: TensorLayout, columns: Columns) -> TensorWindow:
    """The window of these cells, which fit the layout."""
    missing, overflowed = _of(columns, Sent.MISSING), _of(columns, Sent.OVERFLOW)
    numbers = _numbered(layout, columns) if columns.text else columns.values
    if columns.sent is not None:
        numbers = np.where(columns.sent == Sent.VALUE, numbers, np.nan)
    boundaries = layout.boundaries(numbers.dtype)
    positions = np.zeros(boundaries.total, np.int64)
    below, above = Tail.empty(layout.features), Tail.empty(layout.features)
    size = SORTED_BYTES // numbers.dtype.itemsize
    for start in range(0, len(numbers), size):
        ordered = np.ascontiguousarray(numbers[start : start + size].T)
        ordered.sort(axis=1)
        found = boundaries.positions(ordered)
        positions += found
        if not layout.text:
            below += _tail(ordered, found[boundaries.lowest], found[boundaries.first], layout.moments.minimum)
            above += _tail(ordered, found[boundaries.last], found[boundaries.infinity], layout.moments.maximum)
    counts = boundaries.counts(positions)
    nan = len(numbers) - positions[boundaries.nan] - missing - overflowed
    return TensorWindow(
        cells=len(numbers),
        mistyped=0,
        bins=counts[:, 1:-1],
        missing=missing,
        nan=nan,
        positive_infinite=counts[:, -1],
        negative_infinite=counts[:, 0],
        overflowed=overflowed,
        below=below,
        above=above,
    )


def _of(columns: Columns, code: Sent) -> Counts:
    if columns.sent is None:
        return np.zeros(len(columns.index), np.int64)
    return np.asarray((columns.sent == code).sum(axis=0))


def _numbered(layout: TensorLayout, columns: Columns) -> Array:
    """Texts as their places in the vocabularies of their features, float32."""
    each = [codes(columns.values[:, i], texts) for i, texts in enumerate(layout.vocabulary)]
    return np.array(each, np.float32).reshape(len(each), -1).T


def _tail(ordered: Array, start: Counts, stop: Counts, limit: NDArray[np.float64]) -> Tail:
    """What lies in `ordered[i, start[i]:stop[i]]`, outside `limit[i]`; ordered (features, cells)."""
    tail = Tail.empty(len(limit))
    used = np.flatnonzero(stop > start)
    if not len(used):
        return tail
    start, stop, place = start[used], stop[used], np.arange(ordered.shape[1])
    tail.lowest[used], tail.highest[used] = ordered[used, start], ordered[used, stop - 1]
    cells = ordered[used][(place >= start[:, None]) & (place < stop[:, None])].astype(np.float64)
    with np.errstate(over="ignore"):
        away = np.minimum(np.abs(cells - np.repeat(limit[used], stop - start)), np.finfo(np.float64).max)
    lengths = np.zeros(len(limit), np.int64)
    lengths[used] = stop - start
    return Tail(tail.lowest, tail.highest, exact_sums(away, lengths))
