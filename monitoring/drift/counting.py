"""Counts the cells of one tensor in the bins of its layout, exactly and by sorting.

A few hundred float32 numbers are sorted in the processor's nearest cache by a network on vector registers, which takes
less time than finding the bin of each; the position of an edge among them is its cumulative count. Nothing depends on
how the edges are spaced, so heavy tails cost nothing.
"""

from collections.abc import Callable
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

SORTED_ROWS = 512
LARGEST = np.finfo(np.float64).max


def count_columns(layout: TensorLayout, columns: Columns) -> TensorWindow:
    """The window of these cells, which fit the layout."""
    numbers = _numbered(layout, columns) if columns.text else columns.values
    sent_as = np.zeros((layout.features, len(Sent)), np.int64)
    if columns.sent is not None:
        numbers, sent_as = _set_aside(numbers, columns.sent)
    missing, overflowed = sent_as[:, Sent.MISSING], sent_as[:, Sent.OVERFLOW]
    boundaries = layout.boundaries(numbers.dtype)
    positions, steps = np.zeros(boundaries.total, np.int64), np.zeros(layout.features, np.int64)
    for start in range(0, len(numbers) if layout.features else 0, SORTED_ROWS):
        some = numbers[start : start + SORTED_ROWS]
        with np.errstate(over="ignore"):
            ordered = some.T.astype(np.float32, order="C")
        ordered.sort(axis=1)
        positions += boundaries.positions(some, ordered)
        steps += layout.ruler.steps(ordered)
    bins = boundaries.bins(positions)
    tailless = np.zeros(layout.features, np.int64)
    return TensorWindow(
        cells=len(numbers),
        mistyped=0,
        bins=bins[:, 1:-1],
        steps=steps - bins[:, -1] * layout.ruler.full,
        missing=missing,
        nan=len(numbers) - positions[boundaries.nan] - missing - overflowed,
        positive_infinite=bins[:, -1],
        negative_infinite=bins[:, 0],
        overflowed=overflowed,
        below=_below(numbers, tailless if layout.text else bins[:, 1], layout),
        above=_above(numbers, tailless if layout.text else bins[:, -2], layout),
    )


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


def _below(numbers: Array, counts: Counts, layout: TensorLayout) -> Tail:
    """The cells below the first edge, of which there are `counts` (features,)."""
    used = np.flatnonzero(counts)
    cells = numbers[:, used].T.astype(np.float64)
    outside = (cells < layout.edges[used, :1]) & (cells > -np.inf)
    return _tail(cells[outside], counts, layout.moments.minimum, np.floor)


def _above(numbers: Array, counts: Counts, layout: TensorLayout) -> Tail:
    """The cells from the last edge on, of which there are `counts` (features,)."""
    used = np.flatnonzero(counts)
    cells = numbers[:, used].T.astype(np.float64)
    outside = (cells >= layout.edges[used, -1:]) & (cells < np.inf)
    return _tail(cells[outside], counts, layout.moments.maximum, np.ceil)


def _tail(cells: Floats, counts: Counts, limits: Floats, outward: Callable[[Floats], Floats]) -> Tail:
    """The cells of a tail (cells,), feature after feature; they lie outside their feature's limit (features,)."""
    tail, used = Tail.empty(len(counts)), np.flatnonzero(counts)
    if not len(used):
        return tail
    starts = (np.cumsum(counts) - counts)[used]
    tail.lowest[used] = _shortened(np.minimum.reduceat(cells, starts), outward, 24)
    tail.highest[used] = _shortened(np.maximum.reduceat(cells, starts), outward, 24)
    with np.errstate(over="ignore"):
        distances = np.minimum(np.abs(cells - np.repeat(limits, counts)), LARGEST)
    return replace(tail, distance=exact_sums(_shortened(distances, np.rint, 12), counts))


def _shortened(numbers: Floats, rounded: Callable[[Floats], Floats], bits: int) -> Floats:
    """The numbers with so many leading bits, rounded by `rounded`: shorter to store, and the same for equal cells."""
    fractions, exponents = np.frexp(numbers)
    with np.errstate(over="ignore"):
        short = np.ldexp(rounded(fractions * 2.0**bits), exponents - bits)
    return np.asarray(np.clip(short, -LARGEST, LARGEST) + 0.0)  # -0.0 would make a sum depend on its order
