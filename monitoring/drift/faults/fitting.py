"""Does the distribution of some rows fall onto the reference once a transform is undone?

All transforms here are straight lines, sent = factor * right + offset, so that undoing one moves the reference's points
and not the rows. The distance is Kolmogorov's, the largest difference of the two cumulative shares.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.faults.known_feature import ROUNDING, Floats, KnownFeature, Observed
from monitoring.drift.faults.line import SAME, Line


def distances(known: KnownFeature, seen: Observed, lines: Sequence[Line]) -> Floats:
    """Kolmogorov's distance of the rows from the reference with each line undone, shape (lines,)."""
    if not seen.cells or not len(known.points):
        return np.ones(len(lines))
    factor = np.array([[line.factor] for line in lines])
    offset = np.array([[line.offset] for line in lines])
    with np.errstate(over="ignore", invalid="ignore"):
        points = np.nan_to_num(known.points * factor + offset)
        slack = ROUNDING * np.maximum(np.abs(points), np.abs(factor) * known.scale * 1e-3)
        up = known.after ^ (factor < 0)
        edges = np.where(up, points + slack, points - slack)
    rising = np.searchsorted(seen.ordered, edges) / seen.cells
    below = np.where(factor < 0, 1 - rising, rising)
    return np.asarray(np.abs(below - known.below).max(axis=1))


def distance(known: KnownFeature, seen: Observed, line: Line = SAME) -> float:
    return float(distances(known, seen, [line])[0])


def measured_line(known: KnownFeature, seen: Observed) -> Line | None:
    """The rising line that best takes the reference's quantiles to those of the rows, without the outer 2%."""
    if len(known.points) < 3 or seen.cells < 3:
        return None
    shares = (known.below[1:] + known.below[:-1]) / 2
    kept = (np.diff(known.below) > 0) & (shares > 0.02) & (shares < 0.98)
    if kept.sum() < 2:
        return None
    right = _centres(known)[kept]
    sent = np.quantile(seen.ordered, shares[kept])
    weights = np.diff(known.below)[kept]
    return _regression(right, sent, weights)


def measured_factor(known: KnownFeature, seen: Observed) -> float | None:
    """How many times larger the rows are: the middle of the ratios at equal shares, of the larger half of values."""
    if len(known.points) < 2 or not seen.cells:
        return None
    shares = (known.below[1:] + known.below[:-1]) / 2
    right, sent = _centres(known), np.quantile(seen.ordered, shares)
    size = np.abs(right)
    kept = (size >= np.median(size)) & (size > 0) & (np.diff(known.below) > 0)
    if not kept.any():
        return None
    with np.errstate(over="ignore"):
        return float(np.median(sent[kept] / right[kept]))


def _centres(known: KnownFeature) -> Floats:
    """The middle of each bin; an atom is where it is."""
    left, right = known.points[:-1], known.points[1:]
    return np.where(known.after[1:], left, left / 2 + right / 2) if known.values is None else known.values


def _regression(right: Floats, sent: Floats, weights: NDArray[np.float64]) -> Line | None:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        weights = weights / weights.sum()
        middle, level = (weights * right).sum(), (weights * sent).sum()
        spread = (weights * (right - middle) ** 2).sum()
        factor = (weights * (right - middle) * (sent - level)).sum() / spread
        offset = level - factor * middle
    return Line(float(factor), float(offset)) if factor > 0 and np.isfinite([factor, offset]).all() else None
