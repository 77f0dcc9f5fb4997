"""Kolmogorov's distance, the largest difference of the cumulative shares of the rows and the reference."""

import numpy as np

from nantrace.mistakes.known_feature import KnownFeature, Observed

FITS = 1.7  # standard errors; Kolmogorov's distribution exceeds this once in 160
NEAR = 0.25  # where standard errors are large, since rows of one hour resemble each other


def tolerance(noise: float) -> float:
    """The distance in standard errors up to which rows fall onto the reference; `noise` is one such error."""
    return min(FITS, NEAR / max(noise, 1e-12))


def distance(known: KnownFeature, seen: Observed) -> float:
    """1 where either side is empty."""
    if not seen.cells or not len(known.points):
        return 1.0
    below = np.searchsorted(seen.ordered, known.marks) / seen.cells
    return float(np.abs(below - known.below).max())
