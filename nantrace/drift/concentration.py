"""How densely cells lie anywhere: the concentration function of Levy (1937), which no order of the rows changes."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RUNGS = np.unique(np.round(16 * 1.25 ** np.arange(60)).astype(np.int64))  # numbers of cells, to eight millions


def concentration(ordered: Floats) -> Floats:
    """The narrowest width that holds each number of `RUNGS` of the ascending cells, (rungs,); 0 of more than all."""
    return np.array([narrowest(ordered, rung) if rung <= len(ordered) else 0.0 for rung in RUNGS.tolist()])


def narrowest(ordered: Floats, cells: int) -> float:
    """The width of the narrowest place that holds so many of the ascending cells, of which there are as many."""
    with np.errstate(over="ignore"):
        return float(np.min(ordered[cells - 1 :] - ordered[: len(ordered) - cells + 1]))


def widths_of(concentrated: Floats, cells: int) -> float:
    """At most the narrowest width of so many cells, by their `concentration`; 0 where it does not reach so far."""
    rung = int(RUNGS.searchsorted(cells, side="right")) - 1
    return float(concentrated[rung]) if rung >= 0 else 0.0
