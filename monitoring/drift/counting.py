"""Counts the cells of one tensor in the bins of its layout."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Sent
from monitoring.drift.columns import Columns, codes
from monitoring.drift.exact_sums import exact_sums
from monitoring.drift.layout import TensorLayout
from monitoring.drift.tensor_window import Counts, Tail, TensorWindow

Array = NDArray[Any]
Floats = NDArray[np.float64]

LARGEST = np.finfo(np.float64).max


def count_columns(layout: TensorLayout, columns: Columns) -> TensorWindow:
    """The window of these cells, which fit the layout."""
    missing, overflowed = _of(columns, Sent.MISSING), _of(columns, Sent.OVERFLOW)
    numbers = _numbered(layout, columns) if columns.text else columns.values
    if columns.sent is not None:
        numbers = np.where(columns.sent == Sent.VALUE, numbers, np.nan)
    boundaries = layout.boundaries(numbers.dtype)
    positions = boundaries.below(numbers)
    bins = boundaries.bins(positions)
    tailless = np.zeros(layout.features, np.int64)
    return TensorWindow(
        cells=len(numbers),
        mistyped=0,
        bins=bins[:, 1:-1],
        missing=missing,
        nan=len(numbers) - positions[boundaries.nan] - missing - overflowed,
        positive_infinite=bins[:, -1],
        negative_infinite=bins[:, 0],
        overflowed=overflowed,
        below=_below(numbers, tailless if layout.text else bins[:, 1], layout),
        above=_above(numbers, tailless if layout.text else bins[:, -2], layout),
    )


def _of(columns: Columns, code: Sent) -> Counts:
    if columns.sent is None:
        return np.zeros(len(columns.index), np.int64)
    return np.asarray((columns.sent == code).sum(axis=0))


def _numbered(layout: TensorLayout, columns: Columns) -> Array:
    """Texts as their places in the vocabularies of their features, float32."""
    each = [codes(columns.values[:, i], texts) for i, texts in enumerate(layout.vocabulary)]
    return np.array(each, np.float32).reshape(len(each), -1).T


def _below(numbers: Array, counts: Counts, layout: TensorLayout) -> Tail:
    """The cells below the first edge, of which there are `counts` (features,)."""
    used = np.flatnonzero(counts)
    cells = numbers[:, used].T.astype(np.float64)
    outside = (cells < layout.edges[used, :1]) & (cells > -np.inf)
    return _tail(cells[outside], counts, layout.moments.minimum)


def _above(numbers: Array, counts: Counts, layout: TensorLayout) -> Tail:
    """The cells from the last edge on, of which there are `counts` (features,)."""
    used = np.flatnonzero(counts)
    cells = numbers[:, used].T.astype(np.float64)
    outside = (cells >= layout.edges[used, -1:]) & (cells < np.inf)
    return _tail(cells[outside], counts, layout.moments.maximum)


def _tail(cells: Floats, counts: Counts, limits: Floats) -> Tail:
    """The cells of a tail (cells,), feature after feature; they lie outside their feature's limit (features,)."""
    tail, used = Tail.empty(len(counts)), np.flatnonzero(counts)
    if not len(used):
        return tail
    starts = (np.cumsum(counts) - counts)[used]
    tail.lowest[used] = np.minimum.reduceat(cells, starts)
    tail.highest[used] = np.maximum.reduceat(cells, starts)
    with np.errstate(over="ignore"):
        distances = np.minimum(np.abs(cells - np.repeat(limits, counts)), LARGEST)
    return replace(tail, distance=exact_sums(distances, counts))
