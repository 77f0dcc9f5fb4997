"""Where to look in sorted cells: every edge of every feature, and what separates finite numbers from the others."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Counts = NDArray[np.int64]


class Boundaries:
    """The edges of all features as numbers of one float dtype.

    For each feature: the lowest finite number, its edges without repetition, infinity and NaN. `lowest`, `first`,
    `last`, `infinity` and `nan` (features,) index these in the flat positions of shape (total,).
    """

    def __init__(self, edges: NDArray[np.float64], dtype: np.dtype[Any]) -> None:
        """`edges` (features, edges) as in a layout."""
        kept = np.diff(edges, axis=1, prepend=-np.inf) > 0
        lowest = np.finfo(dtype).min
        rounded = _rounded_up(edges, dtype)
        self._sought = [
            np.concatenate([[lowest], row[keep], [np.inf, np.nan]]).astype(dtype)
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

    def positions(self, ordered: Array) -> Counts:
        """How many cells lie below each boundary, flat; `ordered` (features, cells) ascending, NaN last."""
        if not len(ordered):
            return np.zeros(0, np.int64)
        return np.concatenate([row.searchsorted(sought) for row, sought in zip(ordered, self._sought, strict=True)])

    def counts(self, positions: Counts) -> Counts:
        """Cells that are -Inf, in each bin, +Inf, shape (features, bins + 2)."""
        return np.diff(positions[self._columns], axis=1, prepend=0)


def _rounded_up(edges: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """The smallest numbers of `dtype` that are not below the edges: the same cells lie below them."""
    with np.errstate(over="ignore"):
        near = edges.astype(dtype)
        return np.where(near < edges, np.nextafter(near, dtype.type(np.inf)), near)
