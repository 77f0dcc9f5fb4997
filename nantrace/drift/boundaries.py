"""Finds every edge of every feature among cells, by sorting both together.

A few hundred numbers are sorted in the processor's nearest cache by a network on vector registers, which takes less
time than finding the bin of each. Cells and edges become integers in the order of their float32 values, the last bit
being 0 for edges and 1 for cells; sorted together, the place of an edge is the number of cells below it. An edge that
is an even float32 is right as it is. Where an odd or a float64 one meets cells of the same leading bits, the feature is
searched on its own, as are features that have many such edges: values that repeat, whole numbers in float64.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Counts = NDArray[np.int64]
Keys = NDArray[np.int32]

SORTED_TOGETHER = 512  # what the network takes at once
NO_CELL, LAST = -(2**31), 2**31 - 1  # before and behind every cell and edge
CHANCE = 4  # so many edges of a float64 feature may happen to be float32 numbers


class Boundaries:
    """For each feature the lowest finite number, its edges, infinity and NaN, as numbers of one float dtype.

    `first` and `last` (features,) are the outer edges; `rows` is how many rows should be looked at together.
    """

    def __init__(self, edges: NDArray[np.float64], dtype: np.dtype[Any]) -> None:
        """`edges` (features, edges) as in a layout."""
        self._sought = _with_ends(edges, dtype)
        self.first, self.last = self._sought[:, 1], self._sought[:, -3]
        self._raised = _with_ends(edges, np.dtype(np.float32))
        with np.errstate(over="ignore"):
            keys = _keys(self._sought.astype(np.float32) + np.float32(0))
        marks = keys & ~np.int32(1)
        alone = _repeating(edges, marks[:, 1:-2], dtype)
        self._alone, self._together = np.flatnonzero(alone), np.flatnonzero(~alone)
        self._marks = marks[self._together]
        sure = (keys == marks) & (dtype == np.float32)
        sure[:, -1] = True  # NaN of either dtype is NaN
        self._met = np.where(sure, NO_CELL, marks | 1)[self._together].astype(np.int32)
        self._marks_before = np.arange(keys.shape[1])
        self.rows = max(SORTED_TOGETHER - keys.shape[1] - 1, SORTED_TOGETHER // 2)

    def positions(self, cells: Array, near: NDArray[np.float32]) -> Counts:
        """How many of the cells lie below each boundary, (features, boundaries); all but NaN lie below NaN.

        `cells` (cells, features) of the dtype; `near` (features, cells) the same as `nearest_float32`.
        """
        if not len(self._alone):
            found, alone = self._merged(near)
        else:
            found = np.empty(self._sought.shape, np.int64)
            found[self._together], doubtful = self._merged(near[self._together])
            alone = np.concatenate([self._alone, self._together[doubtful]])
        if len(alone):
            found[alone] = self._searched(cells[:, alone], near[alone], alone)
        return found

    def _merged(self, near: NDArray[np.float32]) -> tuple[Counts, NDArray[np.intp]]:
        """The positions for the features that are sorted together with their edges, and which of them are in doubt."""
        (features, boundaries), cells = self._marks.shape, near.shape[1]
        mixed = np.empty((features, cells + boundaries + 1), np.int32)
        np.bitwise_or(_keys(near), 1, out=mixed[:, :cells])
        mixed[:, cells:-1] = self._marks
        mixed[:, -1] = LAST
        mixed.sort(axis=1)
        places = np.flatnonzero((mixed & 1) == 0).reshape(features, boundaries)
        doubtful = np.flatnonzero((mixed.take(places + 1) == self._met).any(axis=1))
        places -= np.arange(0, mixed.size, mixed.shape[1])[:, None] + self._marks_before
        return places, doubtful

    def _searched(self, cells: Array, near: NDArray[np.float32], which: NDArray[np.intp]) -> Counts:
        """The positions for features `which`, one by one; in float32 where it holds every cell of a feature."""
        fits = np.ones(len(which), bool) if cells.dtype == np.float32 else _fit_float32(cells)
        ordered = np.sort(near, axis=1)
        return np.stack(
            [
                ordered[j].searchsorted(self._raised[i])
                if fits[j]
                else np.sort(cells[:, j]).searchsorted(self._sought[i])
                for j, i in enumerate(which.tolist())
            ]
        )


def nearest_float32(cells: Array) -> NDArray[np.float32]:
    """Cells (cells, features) as float32 of shape (features, cells), without negative zeros and negative NaN."""
    with np.errstate(over="ignore", invalid="ignore"):
        short = cells.astype(np.float32)  # in the order in which they lie in memory, which is read once
        short += np.float32(0)
    if np.isnan(short.min(initial=0)):
        short[np.isnan(short)] = np.nan
    return np.ascontiguousarray(short.T)


def _keys(near: NDArray[np.float32]) -> Keys:
    """Integers in the order of floats: of negative ones all bits but the sign are turned round."""
    bits = near.view(np.int32)
    keys = bits >> 31
    keys &= 0x7FFFFFFF
    keys ^= bits
    return keys


def _repeating(edges: NDArray[np.float64], marks: Keys, dtype: np.dtype[Any]) -> NDArray[np.bool_]:
    """Features whose cells often meet an edge: it isolates a value, or float64 holds float32 numbers, (features,)."""
    next_ones = (edges[:, 1:] > edges[:, :-1]) & (edges[:, 1:] < edges[:, -1:])  # the last one follows the maximum
    isolating = (next_ones & (marks[:, 1:] == marks[:, :-1])).any(axis=1)
    if dtype == np.float32:
        return np.asarray(isolating)
    with np.errstate(over="ignore"):
        short = edges[:, 1:].astype(np.float32) == edges[:, 1:]
    return np.asarray(isolating | ((next_ones & short).sum(axis=1) > CHANCE))


def _with_ends(edges: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """(features, edges + 3): as many numbers of `dtype` lie below these as lie below the edges themselves."""
    with np.errstate(over="ignore"):
        near = edges.astype(dtype)
        raised = np.where(near < edges, np.nextafter(near, dtype.type(np.inf)), near)
    ends = np.broadcast_to(np.array([np.finfo(dtype).min, np.inf, np.nan], dtype), (len(edges), 3))
    return np.concatenate([ends[:, :1], raised, ends[:, 1:]], axis=1)


def _fit_float32(cells: Array) -> NDArray[np.bool_]:
    """Features whose cells (cells, features) are all float32 numbers, such as whole ones, (features,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(((cells.astype(np.float32) == cells) | np.isnan(cells)).all(axis=0))
