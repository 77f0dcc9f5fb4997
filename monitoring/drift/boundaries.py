"""How many cells of each feature lie below its edges, found exactly and by sorting.

A few hundred float32 numbers are sorted in the processor's nearest cache by a network on vector registers, which takes
less time than finding the bin of each; the position of an edge among them is its cumulative count. Nothing depends on
how the edges are spaced, so heavy tails cost nothing. Rounding float64 to float32 keeps the order, so the side of a
cell is known unless cell and edge round to the same number: features where that happens are sorted again as they are.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Counts = NDArray[np.int64]

SORTED_ROWS = 512


class Boundaries:
    """The edges of all features as numbers of one float dtype.

    For each feature: the lowest finite number, its edges without repetition, infinity and NaN. `lowest`, `first`,
    `last`, `infinity` and `nan` (features,) are their places in flat arrays of shape (total,).
    """

    def __init__(self, edges: NDArray[np.float64], dtype: np.dtype[Any]) -> None:
        """`edges` (features, edges) as in a layout."""
        kept = np.diff(edges, axis=1, prepend=-np.inf) > 0
        rounded = _rounded_up(edges, dtype)
        ends = (np.finfo(dtype).min, np.inf, np.nan)
        self._sought = [
            np.concatenate([ends[:1], row[keep], ends[1:]]).astype(dtype)
            for row, keep in zip(rounded, kept, strict=True)
        ]
        lengths = np.array([len(sought) for sought in self._sought], np.int64)
        self.total = int(lengths.sum())
        self.nan = np.cumsum(lengths) - 1
        self.infinity, self.last = self.nan - 1, self.nan - 2
        self.lowest = self.nan + 1 - lengths
        self.first = self.lowest + 1
        inner = self.lowest[:, None] + np.cumsum(kept, axis=1)
        self._columns = np.column_stack([self.lowest, inner, self.infinity, self.nan])
        self._starts = [*self.lowest.tolist(), self.total]
        with np.errstate(over="ignore"):
            self._near = [sought.astype(np.float32) for sought in self._sought]
        self._all_near = np.concatenate([np.zeros(0, np.float32), *self._near])
        self._feature = np.repeat(np.arange(len(lengths)), lengths)

    def below(self, cells: Array) -> Counts:
        """How many of the cells (cells, features) lie below each boundary, flat; all but NaN lie below NaN."""
        positions = np.zeros(self.total, np.int64)
        for start in range(0, len(cells) if self.total else 0, SORTED_ROWS):
            positions += self._positions(cells[start : start + SORTED_ROWS])
        return positions

    def bins(self, positions: Counts) -> Counts:
        """Cells that are -Inf, in each bin, +Inf, shape (features, bins + 2)."""
        return np.diff(positions[self._columns], axis=1, prepend=0)

    def _positions(self, cells: Array) -> Counts:
        with np.errstate(over="ignore"):
            ordered = cells.T.astype(np.float32, order="C")
        ordered.sort(axis=1)
        found = np.concatenate([row.searchsorted(near) for row, near in zip(ordered, self._near, strict=True)])
        if cells.dtype == np.float32:
            return found
        met = ordered[self._feature, np.minimum(found, len(cells) - 1)] == self._all_near
        for i in np.unique(self._feature[met]):
            found[self._starts[i] : self._starts[i + 1]] = np.sort(cells[:, i]).searchsorted(self._sought[i])
        return found


def _rounded_up(edges: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """The smallest numbers of `dtype` that are not below the edges: the same cells lie below them."""
    with np.errstate(over="ignore"):
        near = edges.astype(dtype)
        return np.where(near < edges, np.nextafter(near, dtype.type(np.inf)), near)
