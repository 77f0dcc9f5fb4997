"""How finely numbers are written: on a grid of whole numbers, of tenths, of hundredths, or on none."""

from dataclasses import dataclass

import numpy as np

from monitoring.drift.faults.fitting import distance
from monitoring.drift.faults.known_feature import Floats, KnownFeature, Observed
from monitoring.drift.faults.line import SAME, Line

FINEST = 4  # decimals that are looked for
LEAST = 40  # cells
ON_GRID = 0.995


@dataclass(frozen=True)
class Rounded:
    """`decimals` of the rows, against those of the reference: FINEST + 1 stands for more."""

    decimals: int
    usual: int
    fit: float


def decimals(values: Floats) -> int:
    """The fewest decimals that nearly all values have, FINEST + 1 where none does; float32 spells them inexactly."""
    for places in range(FINEST + 1):
        with np.errstate(over="ignore"):
            scaled = values * 10.0**places
        error = np.abs(scaled - np.round(scaled))
        exact = (error <= 1e-6 * np.abs(scaled)) & (np.abs(scaled) < 1e5) | (error == 0)
        if exact.mean() >= ON_GRID:
            return places
    return FINEST + 1


def is_round(values: Floats) -> bool:
    """Whether the values are those of an instrument or a form: few decimals."""
    return len(values) > 0 and decimals(values) <= 2


def rounded(known: KnownFeature, seen: Observed, raw: Line) -> Rounded | None:
    """Fewer decimals than the values of the reference that its bins' edges are. `raw` undoes the registered scaler."""
    if seen.cells < LEAST or known.values is not None:
        return None
    for line in (SAME,) if raw == SAME else (SAME, raw):
        here = decimals(_before(seen.ordered, line))
        if here > FINEST:
            continue
        there = decimals(_before(known.points[~known.after], line))
        if there > here and (len(np.unique(seen.ordered)) > 2):
            fit = distance(known, seen) / known.noise(seen.cells)
            return Rounded(here, there, fit)
    return None


def _before(values: Floats, line: Line) -> Floats:
    return values * line.factor + line.offset
