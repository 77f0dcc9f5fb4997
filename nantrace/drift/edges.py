"""Where the bins of a feature begin and end: equal mass on the reference, and values that repeat in a bin of their own.

Bin j holds the cells with edge[j - 1] <= value < edge[j]; bin 0 is everything below the first edge, the last bin
everything from the last edge on. The first edge is the reference's minimum and the last edge follows its maximum, so
the outer bins are what lies outside the reference.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.column_summary import ColumnSummary

BINS = 100  # of equal mass where no value repeats: no bin holds more than a share of 0.01
LIGHTEST_ATOM = 0.005  # share of the cells from which on a value that repeats has a bin of its own

Floats = NDArray[np.float64]


class Cuts(NamedTuple):
    """`edges` ascending; `atoms` (edges + 1,) marks bins of a single value; `category`: every known value has one."""

    edges: Floats
    atoms: NDArray[np.bool_]
    category: bool


def cut(column: ColumnSummary, whole: bool) -> Cuts:
    """Bins for the values of a feature; `whole`: its dtype has whole numbers only."""
    numbers = column.ordered
    if not len(numbers):
        return Cuts(np.zeros(1), np.zeros(2, bool), False)
    values, counts = column.values
    if column.is_category:
        return _with_atoms(values, values, whole, category=True)
    heavy = counts >= max(LIGHTEST_ATOM * len(numbers), 1 if len(numbers) <= BINS else 2)
    marks = values[_equal_masses(counts, heavy)]
    return _with_atoms(np.append(marks, numbers[-1]), np.append(values[heavy], numbers[-1]), whole, category=False)


def _equal_masses(counts: NDArray[np.int64], heavy: NDArray[np.bool_]) -> list[int]:
    """Indices of the values at which a bin begins: each is as wide as its mass allows; heavy values stand alone."""
    upto = np.concatenate([[0], np.cumsum(counts)])
    alone = np.append(np.flatnonzero(heavy), len(counts))
    begin, begins = 0, []
    while begin < len(counts):
        begins.append(begin)
        full = int(upto.searchsorted(upto[begin] + upto[-1] / BINS, side="right")) - 1
        begin = begin + 1 if heavy[begin] else max(begin + 1, min(full, int(alone[alone.searchsorted(begin)])))
    return begins


def _with_atoms(marks: Floats, atoms: Floats, whole: bool, *, category: bool) -> Cuts:
    ends = _following(atoms, whole)
    edges = np.unique(np.concatenate([marks, atoms, ends]))
    isolated = np.zeros(len(edges) + 1, bool)
    isolated[1:-1] = np.isin(edges[:-1], atoms) & (edges[1:] == _following(edges[:-1], whole))
    return Cuts(edges, isolated, category)


def _following(numbers: Floats, whole: bool) -> Floats:
    """The next number that a feature can hold; infinity behind the largest float."""
    with np.errstate(over="ignore"):
        after = np.nextafter(numbers, np.inf)
        return np.maximum(after, np.floor(numbers) + 1) if whole else after
