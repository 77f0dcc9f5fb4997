"""How densely cells lie anywhere: the concentration function of Levy (1937), which no order of the rows changes."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RUNGS = np.unique(np.round(16 * 1.25 ** np.arange(60)).astype(np.int64))  # numbers of cells, to eight millions
MOST = 0.2  # of all cells: what so many share is what the feature mostly is


def concentration(ordered: Floats) -> Floats:
    """The narrowest width that holds each number of `RUNGS` of the ascending cells, (rungs,).

    Of more than `MOST` of them that of the last number below; 0 where the cells are too few for any.
    """
    rungs = RUNGS[MOST * len(ordered) >= RUNGS].tolist()
    widths = [narrowest(ordered, rung) for rung in rungs] or [0.0]
    return np.array(widths + widths[-1:] * (len(RUNGS) - len(widths)))


def narrowest(ordered: Floats, cells: int) -> float:
    """The width of the narrowest place that holds so many of the ascending cells, of which there are as many."""
    with np.errstate(over="ignore"):
        return float(np.min(ordered[cells - 1 :] - ordered[: len(ordered) - cells + 1]))


def width_of(concentrated: Floats, cells: int) -> float:
    """At most the narrowest width of so many cells, by their `concentration`; 0 of fewer than the first rung."""
    rung = int(RUNGS.searchsorted(cells, side="right")) - 1
    return float(concentrated[rung]) if rung >= 0 else 0.0


def never_equal(concentrated: Floats) -> float:
    """A number of cells of which, by their `concentration`, none hold all one value; infinite where that may be any."""
    apart = np.flatnonzero(concentrated > 0)
    return float(RUNGS[apart[0]]) if len(apart) else np.inf
