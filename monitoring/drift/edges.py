"""Where the bins of a feature begin and end: equal mass on the reference, and values that repeat in a bin of their own.

Bin j holds the cells with edge[j - 1] <= value < edge[j]; bin 0 is everything below the first edge, the last bin
everything from the last edge on. The first edge is the reference's minimum and the last edge follows its maximum, so
the outer bins are what lies outside the reference.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

EQUAL_MASS_BINS = 48
MAX_CATEGORIES = 40
MAX_FRACTIONAL_CATEGORIES = 20  # of numbers that are not whole: levels of a scaled flag, rates of a price list
ROWS_A_CATEGORY = 5

Floats = NDArray[np.float64]


class Cuts(NamedTuple):
    """`edges` ascending; `atoms` (edges + 1,) marks bins of a single value; `category`: every known value has one."""

    edges: Floats
    atoms: NDArray[np.bool_]
    category: bool


def cut(ordered: NDArray[Any], whole: bool) -> Cuts:
    """Bins for the finite values (n,) of a feature in ascending order; `whole`: its dtype holds whole numbers only."""
    if not len(ordered):
        return Cuts(np.zeros(1), np.zeros(2, bool), False)
    numbers = ordered.astype(np.float64)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1])
    values, counts = numbers[starts], np.diff(np.append(starts, len(numbers)))
    if _is_category(values, len(numbers)):
        return _with_atoms(values, values, whole, category=True)
    whole = whole or bool((values == np.floor(values)).all())
    marks = numbers[np.arange(EQUAL_MASS_BINS) * len(numbers) // EQUAL_MASS_BINS]
    heavy = values[counts * EQUAL_MASS_BINS >= len(numbers)]
    return _with_atoms(np.append(marks, numbers[-1]), np.append(heavy, numbers[-1]), whole, category=False)


def _is_category(values: Floats, cells: int) -> bool:
    allowed = MAX_CATEGORIES if (values == np.floor(values)).all() else MAX_FRACTIONAL_CATEGORIES
    return len(values) <= allowed and cells >= ROWS_A_CATEGORY * len(values)


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
