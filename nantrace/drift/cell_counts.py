"""Counts the cells of one tensor in the bins of its layout, exactly."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.boundaries import Boundaries, nearest_float32
from nantrace.drift.columns import Columns, codes
from nantrace.drift.layout import TensorLayout
from nantrace.drift.tails import tails_of
from nantrace.drift.tensor_window import Counts, TensorWindow
from nantrace.tensors.tensor import Sent

Array = NDArray[Any]


def count_columns(layout: TensorLayout, columns: Columns) -> TensorWindow:
    """The window of these cells, which fit the layout."""
    numbers = _numbered(layout, columns) if columns.text else columns.values
    sent_as = np.zeros((layout.features, len(Sent)), np.int64)
    if columns.sent is not None:
        numbers, sent_as = _set_aside(numbers, columns.sent)
    missing, overflowed = sent_as[:, Sent.MISSING], sent_as[:, Sent.OVERFLOW]
    boundaries = layout.boundaries(numbers.dtype)
    positions, steps, below, above = _summed(layout, boundaries, numbers)
    bins: Counts = np.diff(positions, axis=1, prepend=0)  # -Inf, every bin, +Inf
    left, right = tails_of(layout, numbers, boundaries.rows, below, above)
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
    """Cells below each boundary (features, boundaries), steps (features,), and the two counts `tails_of` asks for."""
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
    coded = places % max(features, 1) * len(Sent) + sent.ravel()[places]
    return kept, np.bincount(coded, minlength=features * len(Sent)).reshape(features, len(Sent))


def _numbered(layout: TensorLayout, columns: Columns) -> Array:
    """Texts as their places in the vocabularies of their features, float32."""
    each = [codes(columns.values[:, i], texts) for i, texts in enumerate(layout.vocabulary)]
    return np.array(each, np.float32).reshape(len(each), -1).T
