"""Finds every edge of every feature among sorted cells.

Rounding float64 to float32 keeps the order, so the side of a cell is known from float32 unless cell and edge round to
the same number: features where that happens are searched again as they are.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Counts = NDArray[np.int64]


class Boundaries:
    """The edges of all features as numbers of one float dtype.

    For each feature: the lowest finite number, its edges without repetition, infinity and NaN. `lowest`, `first`,
    `last`, `infinity` and `nan` (features,) are their places in flat arrays of shape (total,).
    """

    def __init__(self, edges: NDArray[np.float64], dtype: np.dtype[Any]) -> None:
        """`edges` (features, edges) as in a layout."""
        kept = np.concatenate([edges[:, :1] > -np.inf, edges[:, 1:] > edges[:, :-1]], axis=1)
        self._sought = _with_ends(edges, kept, dtype)
        self._raised = _with_ends(edges, kept, np.dtype(np.float32))
        with np.errstate(over="ignore"):
            self._near = [sought.astype(np.float32) for sought in self._sought]
        lengths = np.array([len(sought) for sought in self._sought], np.int64)
        self.total = int(lengths.sum())
        self.nan = np.cumsum(lengths) - 1
        self.infinity, self.last = self.nan - 1, self.nan - 2
        self.lowest = self.nan + 1 - lengths
        self.first = self.lowest + 1
        inner = self.lowest[:, None] + np.cumsum(kept, axis=1)
        self._columns = np.column_stack([self.lowest, inner, self.infinity, self.nan])
        self._starts = [*self.lowest.tolist(), self.total]
        self._all_near = np.concatenate([np.zeros(0, np.float32), *self._near])
        self._feature = np.repeat(np.arange(len(lengths)), lengths)

    def positions(self, cells: Array, ordered: NDArray[np.float32]) -> Counts:
        """How many of the cells lie below each boundary, flat; all but NaN lie below NaN.

        `cells` (cells, features) of the dtype, `ordered` (features, cells) the same in float32 and ascending, NaN last.
        """
        found = np.concatenate([row.searchsorted(near) for row, near in zip(ordered, self._near, strict=True)])
        if cells.dtype == np.float32:
            return found
        met = ordered[self._feature, np.minimum(found, len(cells) - 1)] == self._all_near
        doubtful = np.unique(self._feature[met])
        for i, fits in zip(doubtful.tolist(), _fit_float32(cells[:, doubtful]), strict=True):
            there = slice(self._starts[i], self._starts[i + 1])
            if fits:
                found[there] = ordered[i].searchsorted(self._raised[i])
            else:
                found[there] = np.sort(cells[:, i]).searchsorted(self._sought[i])
        return found

    def bins(self, positions: Counts) -> Counts:
        """Cells that are -Inf, in each bin, +Inf, shape (features, bins + 2)."""
        return np.asarray(np.diff(positions[self._columns], axis=1, prepend=0))


def _fit_float32(cells: Array) -> NDArray[np.bool_]:
    """Features whose cells (cells, features) are all float32 numbers, such as whole ones, (features,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(((cells.astype(np.float32) == cells) | np.isnan(cells)).all(axis=0))


def _with_ends(edges: NDArray[np.float64], kept: NDArray[np.bool_], dtype: np.dtype[Any]) -> list[Array]:
    """What to look for in each feature: as many of `dtype` lie below these as lie below the edges themselves."""
    with np.errstate(over="ignore"):
        near = edges.astype(dtype)
        raised = np.where(near < edges, np.nextafter(near, dtype.type(np.inf)), near)
    lowest = np.finfo(dtype).min
    return [
        np.concatenate([[lowest], row[keep], [np.inf, np.nan]]).astype(dtype)
        for row, keep in zip(raised, kept, strict=True)
    ]
